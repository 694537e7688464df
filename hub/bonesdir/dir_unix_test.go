//go:build unix

package bonesdir_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bones-tui/hub/bonesdir"
)

func TestCreateRefusesAnotherUsersDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to give a directory away")
	}
	d := created(t)
	if err := os.Chown(d.State, 65534, -1); err != nil {
		t.Fatal(err)
	}
	err := d.Create()
	if !errors.Is(err, bonesdir.ErrUntrusted) || !strings.Contains(err.Error(), d.State) ||
		!strings.Contains(err.Error(), "65534") {
		t.Errorf("error is %v", err)
	}
}

func TestRecordsAreNotReadThroughPipesAndLinks(t *testing.T) {
	d := created(t)
	if err := syscall.Mkfifo(d.PIDFile(), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ReadPID(); !errors.Is(err, bonesdir.ErrBadRecord) {
		t.Errorf("pipe: %+v, %v", r, err)
	}
	target := filepath.Join(t.TempDir(), "pid")
	put(t, target, "7\n")
	if err := errors.Join(os.Remove(d.PIDFile()), os.Symlink(target, d.PIDFile())); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ReadPID(); !errors.Is(err, bonesdir.ErrBadRecord) {
		t.Errorf("link: %+v, %v", r, err)
	}
	if err := d.WritePID(8); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "7\n" {
		t.Errorf("written through the link: %q, %v", text, err)
	}
	if r, err := d.ReadPID(); err != nil || r.PID != 8 {
		t.Errorf("replaced link: %+v, %v", r, err)
	}
}

// A directory that all may write to, such as the one for temporary files, may hold another
// user's marker: the work tree below it is a workspace of its own.
func TestAnotherUsersMarkerMakesNoWorkspace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can give a file away")
	}
	shared := t.TempDir()
	work := filepath.Join(shared, "work")
	put(t, filepath.Join(work, ".git", "HEAD"), "ref: refs/heads/main\n")
	marker := filepath.Join(shared, ".bones", "agent.id")
	put(t, marker, "x\n")
	if root, err := bonesdir.Resolve(work); err != nil || root != shared {
		t.Errorf("below our own marker: %s, %v", root, err)
	}
	if err := os.Chown(marker, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if root, err := bonesdir.Resolve(work); err != nil || root != work {
		t.Errorf("below another user's marker: %s, %v", root, err)
	}
	if bonesdir.AtDefault(shared).Marked() {
		t.Error("another user's marker counts")
	}
}
