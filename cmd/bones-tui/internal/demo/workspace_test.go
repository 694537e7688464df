package demo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/cmd/bones-tui/internal/demo"
	"bones-tui/hub"
)

// create makes a workspace that the test removes, if it still is there.
func create(t *testing.T, parent string) *demo.Workspace {
	t.Helper()
	w, err := demo.Create(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func head(t *testing.T, w *demo.Workspace) string {
	t.Helper()
	cmd := exec.Command("git", "log", "--format=%H %an %s")
	cmd.Dir = w.Root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git log: %v\n%s", err, out)
	}
	return string(out)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestCommitsAreTheSameEachTime(t *testing.T) {
	parent := t.TempDir()
	one, two := create(t, parent), create(t, parent)
	a, b := head(t, one), head(t, two)
	if a != b {
		t.Errorf("two histories:\n%s\n%s", a, b)
	}
	if n := strings.Count(a, "\n"); n < 5 {
		t.Errorf("only %d commits:\n%s", n, a)
	}
	for _, name := range demo.Edits() {
		if !exists(filepath.Join(one.Root, filepath.FromSlash(name))) {
			t.Errorf("the script changes %s, which is not there", name)
		}
	}
	for _, w := range []*demo.Workspace{one, two} {
		if err := w.Remove(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSeedDecidesTasksAndRhythm(t *testing.T) {
	if !slices.Equal(demo.Intentions(7), demo.Intentions(7)) {
		t.Error("one seed, two plans")
	}
	one, two := demo.Intentions(7), demo.Intentions(8)
	for i := range one {
		if one[i] == two[i] {
			t.Errorf("seeds 7 and 8 agree on %s", one[i])
		}
	}
	slices.Sort(one)
	if n := len(slices.Compact(one)); n != len(two) {
		t.Errorf("%d different intentions of %d", n, len(two))
	}
}

func TestSweepTakesOnlyTheDead(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	parent := t.TempDir()
	dead, alive, kept := create(t, parent), create(t, parent), create(t, parent)
	foreign := filepath.Join(parent, "bones-demo-4")
	if err := os.Mkdir(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(parent, "bones-demo-5") // anybody could have planted things in it
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(open, "demo.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := hub.Start(t.Context(), dead.Root, hub.WithDetach(true), hub.WithDurability(hub.DurabilityOS)); err != nil {
		t.Fatal(err)
	}
	if err := dead.Abandon(); err != nil {
		t.Fatal(err)
	}
	if err := kept.Keep(); err != nil {
		t.Fatal(err)
	}
	if err := demo.Sweep(parent); err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Dir(dead.Root)) {
		t.Error("the dead demo is still there")
	}
	if pid, ok := hub.IsRunning(dead.Root); ok {
		t.Errorf("its hub runs on as %d", pid)
	}
	for _, path := range []string{alive.Root, kept.Root, foreign, open} {
		if !exists(path) {
			t.Errorf("%s is gone", path)
		}
	}
	if err := alive.Remove(); err != nil {
		t.Error(err)
	}
}
