//go:build !windows

package owner_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

func created(t *testing.T) bonesdir.Dir {
	t.Helper()
	d := bonesdir.AtDefault(t.TempDir())
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLockExcludesOthersUntilItIsClosed(t *testing.T) {
	d := created(t)
	l, err := owner.Take(d)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(d.LockFile()); err != nil || info.Mode().Perm() != 0o644 || info.Size() != 0 {
		t.Errorf("lock file: %v, %v", info, err)
	}
	if _, err := owner.Take(d); !errors.Is(err, owner.ErrLocked) {
		t.Errorf("second lock: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	again, err := owner.Take(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// The lock is that of the open file, so the last process that has it frees it, however it
// ends.
func TestLockOutlivesNoProcess(t *testing.T) {
	d := created(t)
	l, err := owner.Take(d)
	if err != nil {
		t.Fatal(err)
	}
	heir := exec.Command("sleep", "3600")
	heir.ExtraFiles = []*os.File{l.File()}
	if err := heir.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = heir.Process.Kill(); _ = heir.Wait() })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := owner.Take(d); !errors.Is(err, owner.ErrLocked) {
		t.Errorf("while an heir has it: %v", err)
	}
	_ = heir.Process.Kill()
	_ = heir.Wait()
	l, err = owner.Take(d)
	if err != nil {
		t.Fatalf("after the heir was killed: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestLockHasOneWinner(t *testing.T) {
	d := created(t)
	for range 20 {
		var won atomic.Pointer[owner.Lock]
		var wins atomic.Int32
		var takers sync.WaitGroup
		for range 16 {
			takers.Go(func() {
				if l, err := owner.Take(d); err == nil {
					won.Store(l)
					wins.Add(1)
				} else if !errors.Is(err, owner.ErrLocked) {
					t.Error(err)
				}
			})
		}
		takers.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d winners", wins.Load())
		}
		if err := won.Load().Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Who looks whose hub it is holds the locks for a moment, which must keep nobody from
// taking them.
func TestLooksDoNotKeepAnybodyOut(t *testing.T) {
	d := created(t)
	over := make(chan struct{})
	var lookers sync.WaitGroup
	for range 4 {
		lookers.Go(func() {
			for {
				select {
				case <-over:
					return
				case <-time.After(100 * time.Microsecond):
					owner.Whose(d)
				}
			}
		})
	}
	for range 300 {
		l, err := owner.Take(d)
		if err != nil {
			t.Fatal(err)
		}
		role, _, err := owner.TakeRole(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(role.Close(), l.Close()); err != nil {
			t.Fatal(err)
		}
	}
	close(over)
	lookers.Wait()
}

func TestRoleIsOnesOnlyAndOutlivesTheLockFile(t *testing.T) {
	d := created(t)
	role, plain, err := owner.TakeRole(d)
	if err != nil || plain {
		t.Fatalf("plain %t, %v", plain, err)
	}
	_ = os.Remove(d.LockFile())
	if _, _, err := owner.TakeRole(d); !errors.Is(err, owner.ErrLocked) {
		t.Errorf("second role: %v", err)
	}
	if err := role.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(d.RoleFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made for nothing: %v", err)
	}
}

// Where directories cannot be locked a file is, by everybody; any other refusal of the
// system is no reason to lock something else than the others do.
func TestRoleOnAFileSystemWithoutDirectoryLocks(t *testing.T) {
	d := created(t)
	defer owner.AnswerDirectoryLocks(unix.ENOTSUP)()
	role, plain, err := owner.TakeRole(d)
	if err != nil || !plain {
		t.Fatalf("plain %t, %v", plain, err)
	}
	if _, _, err := owner.TakeRole(d); !errors.Is(err, owner.ErrLocked) {
		t.Errorf("second role: %v", err)
	}
	if err := role.Close(); err != nil {
		t.Error(err)
	}
	for _, refusal := range []error{unix.EMFILE, unix.EIO, unix.EACCES} {
		restore := owner.AnswerDirectoryLocks(refusal)
		if _, plain, err := owner.TakeRole(d); !errors.Is(err, refusal) || plain {
			t.Errorf("%v: plain %t, %v", refusal, plain, err)
		}
		restore()
	}
}

func TestLockOfARemovedFileIsNotInPlace(t *testing.T) {
	d := created(t)
	l, err := owner.Take(d)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !l.InPlace() {
		t.Error("not in place")
	}
	if err := os.Remove(d.LockFile()); err != nil {
		t.Fatal(err)
	}
	if l.InPlace() {
		t.Error("in place without a file")
	}
}

func TestLockIsNotTakenThroughALink(t *testing.T) {
	d := created(t)
	target := filepath.Join(t.TempDir(), "target")
	if err := os.Symlink(target, d.LockFile()); err != nil {
		t.Fatal(err)
	}
	if l, err := owner.Take(d); err == nil {
		t.Error("locked", l.Close())
	}
	if _, err := os.Stat(target); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("made through the link: %v", err)
	}
}

func TestLockNeedsTheDirectory(t *testing.T) {
	if _, err := owner.Take(bonesdir.AtDefault(t.TempDir())); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
