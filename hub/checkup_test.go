package hub_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
)

// findingsOf returns the findings of one check.
func findingsOf(t *testing.T, root, check string) (found []findings.Finding) {
	t.Helper()
	for _, f := range checkup.Run(t.Context(), root) {
		if f.Check == check {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no finding of %s", check)
	}
	return found
}

// endedPID is the pid of a process that has ended.
func endedPID(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(cmd.Process.Pid) + "\n"
}

func TestCheckupFindsWhatIsWrongWithoutAHub(t *testing.T) {
	write := func(name, text string, mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, root string) {
			t.Helper()
			path := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	cases := map[string]struct {
		spoil func(*testing.T, string)
		check string
		grade findings.Grade
		text  string
	}{
		"nothing":              {func(*testing.T, string) {}, "git", findings.GradeOK, "tracked file"},
		"no git":               {func(t *testing.T, root string) { t.Helper(); os.RemoveAll(filepath.Join(root, ".git")) }, "git", findings.GradeFail, "not a git repository"},
		"legacy worktree":      {write(".claude/worktrees/agent-1/f", "", 0o600), "worktrees", findings.GradeFail, "1 legacy worktree "},
		"pid of nobody":        {func(t *testing.T, root string) { t.Helper(); write(".bones/hub.pid", endedPID(t), 0o644)(t, root) }, "hub", findings.GradeWarn, "hub.pid names"},
		"pid without a number": {write(".bones/hub.pid", "hub\n", 0o644), "hub", findings.GradeFail, "cannot tell whose hub it is"},
		"pid of a younger process": {func(t *testing.T, root string) {
			t.Helper()
			write(".bones/hub.pid", strconv.Itoa(os.Getpid())+"\n", 0o644)(t, root)
			long := time.Now().Add(-time.Hour)
			if err := os.Chtimes(filepath.Join(root, ".bones/hub.pid"), long, long); err != nil {
				t.Fatal(err)
			}
		}, "hub", findings.GradeWarn, "hub.pid names"},
		"lock of nobody": {func(t *testing.T, root string) {
			t.Helper()
			write(".bones/hub.lock.pid", endedPID(t), 0o600)(t, root)
		}, "hub", findings.GradeOK, "no hub runs"},
		"url off loopback":  {write(".bones/hub-nats-url", "nats://192.0.2.1:4222\n", 0o644), "urls", findings.GradeFail, "no loopback URL"},
		"writable by all":   {write(".bones/hub.log", "", 0o666), "state", findings.GradeFail, "hub.log can be written by others"},
		"a link":            {func(t *testing.T, root string) { t.Helper(); link(t, root, ".bones/hub.fossil") }, "state", findings.GradeFail, "hub.fossil is a symbolic link"},
		"the state a link":  {func(t *testing.T, root string) { t.Helper(); link(t, root, ".bones") }, "state", findings.GradeFail, "symbolic link"},
		"open to readers":   {func(t *testing.T, root string) { t.Helper(); mkdir(t, root, ".bones", 0o755) }, "state", findings.GradeWarn, "others can read"},
		"no repository":     {write(".bones/hub.fossil", "not a database, at all\n", 0o600), "repository", findings.GradeFail, "fossil"},
		"spoiled marks":     {write(".bones/coord.marks", "{}\nfff\n", 0o600), "store", findings.GradeWarn, "cannot be read"},
		"store aside":       {write(".bones/coord.bad-20260302T080000Z/x", "", 0o600), "store", findings.GradeWarn, "is kept as"},
		"work of an orphan": {write(".bones/swarm/auth/wt/new.go", "package x\n", 0o600), "slots", findings.GradeWarn, "slot auth"},
		"saved worktree":    {write(".bones/recovery/auth-1/new.go", "package x\n", 0o600), "recovery", findings.GradeWarn, "1 saved worktree "},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", t.TempDir())
			root := newWorkspace(t)
			c.spoil(t, root)
			for _, f := range findingsOf(t, root, c.check) {
				if f.Grade == c.grade && strings.Contains(f.Text, c.text) {
					return
				}
			}
			t.Errorf("got %+v, want a %v with %q", findingsOf(t, root, c.check), c.grade, c.text)
		})
	}
}

func link(t *testing.T, root, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(root, name)); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, root, name string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(root, name), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(root, name), mode); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFindingThatIsNotFineInAFreshWorkspaceIsABug(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	root := newWorkspace(t)
	for _, f := range checkup.Run(t.Context(), root) {
		if f.Grade != findings.GradeOK || f.Next != "" {
			t.Errorf("%+v", f)
		}
	}
}

// Whoever fills a state directory with what no hub may use does not fill the screen too.
func TestCheckupNamesTheFirstExposedPaths(t *testing.T) {
	root := newWorkspace(t)
	coord := filepath.Join(root, ".bones", "coord")
	if err := os.MkdirAll(coord, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		if err := os.Symlink("/etc/passwd", filepath.Join(coord, strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	var told, counted int
	for _, f := range checkup.Run(t.Context(), root) {
		if strings.Contains(f.Text, "symbolic link") {
			told++
		}
		if strings.Contains(f.Text, "and 48") {
			counted++
		}
	}
	if told != 20 || counted != 1 {
		t.Errorf("%d paths are named, the rest is counted %d times", told, counted)
	}
}
