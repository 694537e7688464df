//go:build unix

// Package nobodytest runs a test as a user whom file modes bind, also where tests run as root.
package nobodytest

import (
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

const (
	nobody = 65534
	env    = "BONES_TUI_TEST_AS_NOBODY"
)

// Run has prepare fill a directory and body look at it, as this user or, if that is root, as
// nobody, to whom the directory is given: body then runs in a process of its own. It is all that
// a test does.
func Run(t *testing.T, prepare, body func(dir string)) {
	t.Helper()
	if dir := os.Getenv(env); dir != "" {
		body(dir)
		return
	}
	dir := reachable(t)
	prepare(dir)
	if os.Geteuid() != 0 {
		body(dir)
		return
	}
	each(t, dir, func(path string, _ fs.DirEntry) error { return os.Lchown(path, nobody, nobody) })
	cmd := exec.Command(program(t), "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env, cmd.Dir = append(os.Environ(), env+"="+dir, "GOCOVERDIR="), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

// reachable is a directory for the test that everybody can enter, unlike t.TempDir's.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nobody-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		each(t, dir, func(path string, d fs.DirEntry) error {
			if !d.IsDir() {
				return nil
			}
			return os.Chmod(path, 0o700)
		})
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// each passes everything in dir, and dir itself, to fn.
func each(t *testing.T, dir string, fn func(path string, d fs.DirEntry) error) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			err = fn(path, d)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// program is this test program, where everybody can run it.
func program(t *testing.T) string {
	t.Helper()
	dir := reachable(t)
	from, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }() // read only: nothing to lose
	to, err := os.OpenFile(filepath.Join(dir, "test"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Name()
}
