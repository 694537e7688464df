package gittree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestEnvironmentKeepsOnlyTheUsersOwn(t *testing.T) {
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_CONFIG_COUNT", "GIT_SSH_COMMAND", "GIT_ALLOW_PROTOCOL", "GIT_EXEC_PATH", "GIT_ANYTHING", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES"} {
		t.Setenv(name, "from outside")
	}
	var got []string
	for _, kv := range environment() {
		if strings.HasPrefix(kv, "GIT_") || strings.HasPrefix(kv, "LC_ALL=C") {
			got = append(got, kv)
		}
	}
	slices.Sort(got)
	want := []string{
		"GIT_ALLOW_PROTOCOL=none", "GIT_CEILING_DIRECTORIES=from outside", "GIT_CONFIG_GLOBAL=from outside", "GIT_CONFIG_NOSYSTEM=from outside", "GIT_CONFIG_SYSTEM=from outside",
		"GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Another git may answer anything.
func TestAnswersThatGitDoesNotGiveAreRefused(t *testing.T) {
	for name, script := range map[string]string{
		"nothing":           `:`,
		"too old":           `for a; do echo "$a"; done`,
		"a greeting":        `echo "\"git\" signature for x"`,
		"endless words":     `yes complaint | head -c 100000 >&2; exit 1`,
		"control sequences": `printf '\033[2J\007' >&2; exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			_, err := Read(t.Context(), t.TempDir())
			if err == nil || len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\x1b\x07\n") {
				t.Errorf("Read = %q", err)
			}
		})
	}
}

// A file without which the others make no tree is an error; the rest is left out.
func TestWhatCannotBeHadNow(t *testing.T) {
	for err, want := range map[error]Reason{
		fs.ErrNotExist: Gone, syscall.ENOTDIR: Gone, syscall.EACCES: Unreadable, syscall.ELOOP: Unreadable,
		syscall.EMFILE: "", syscall.ENFILE: "", syscall.EIO: "",
	} {
		why, err2 := reasonOf(&fs.PathError{Op: "open", Path: "x", Err: err})
		if why != want || (err2 != nil) != (want == "") || err2 != nil && !errors.Is(err2, err) {
			t.Errorf("%v: %q, %v, want %q", err, why, err2, want)
		}
	}
}

func TestNamesOfAStateDirectory(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{"twin", "a/state"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	twin, err := os.Lstat(filepath.Join(top, "twin"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := stateOf(top, []string{filepath.Join(top, "a/state"), filepath.Join(top, "../elsewhere"), top})
	if err != nil || len(own.dirs) != 1 {
		t.Fatalf("%+v, %v", own, err)
	}
	spelled := ownDir{name: ".bones", way: []step{{".bones", twin}}} // where both names are the same directory
	for _, c := range []struct {
		dir    *ownDir
		name   string
		inside string
		ok     bool
	}{
		{&own.dirs[0], "a/state/hub.pid", "hub.pid", true},
		{&own.dirs[0], "a/state", "", true},
		{&own.dirs[0], "a", "", true},
		{&own.dirs[0], "a/other", "", false},
		{&own.dirs[0], "a/state2/x", "", false},
		{&own.dirs[0], "ab", "", false},
		{&spelled, "twin/coord/x", "coord/x", true},
		{&spelled, "twin", "", false},
		{&spelled, ".bones2/x", "", false},
	} {
		if inside, ok := c.dir.place(root, c.name); ok != c.ok || inside != c.inside {
			t.Errorf("%s: %q, %t, want %q, %t", c.name, inside, ok, c.inside, c.ok)
		}
	}
}
