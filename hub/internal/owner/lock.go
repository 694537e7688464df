package owner

import (
	"errors"
	"fmt"
	"os"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// ErrLocked is matched by the errors of Take and TakeRole while another process holds
// what they ask for.
var ErrLocked = errors.New("owner: workspace is locked")

// Lock is the right of a family of processes to a workspace: a hub, its keeper, and a
// successor that stands by share one open file description of hub.lock, which is locked.
// The kernel frees it when the last of them has closed it, however they end; so nobody
// may unlock it, which would free it for all.
type Lock struct {
	dir  bonesdir.Dir
	file *os.File
}

// lockTries is how often Take starts again because hub.lock was replaced between opening
// and locking it.
const lockTries = 5

// Take takes the workspace's lock without waiting. The state directory must exist. The
// error matches ErrLocked while a family holds it.
func Take(d bonesdir.Dir) (*Lock, error) {
	for range lockTries {
		l, err := tryTake(d)
		if err != nil || l != nil {
			return l, err
		}
	}
	return nil, fmt.Errorf("owner: lock workspace: %s keeps being replaced", d.LockFile())
}

// tryTake returns neither lock nor error if the file was replaced meanwhile: a lock on
// a file that has no name excludes nobody.
func tryTake(d bonesdir.Dir) (*Lock, error) {
	f, err := inside.OpenFile(d.State, d.LockFile(), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("owner: lock workspace: %w", err)
	}
	if err := exclude(f); err != nil {
		return nil, errors.Join(fmt.Errorf("owner: lock workspace: %w", err), f.Close())
	}
	l := &Lock{d, f}
	if !l.InPlace() {
		return nil, f.Close()
	}
	return l, nil
}

// Inherit makes a Lock of a descriptor that came from another process of the family.
func Inherit(d bonesdir.Dir, f *os.File) *Lock { return &Lock{d, f} }

// InPlace reports whether the locked file is still the workspace's hub.lock.
func (l *Lock) InPlace() bool {
	held, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(l.dir.LockFile())
	return err == nil && os.SameFile(held, there)
}

// File is the descriptor to pass on. It stays the Lock's.
func (l *Lock) File() *os.File { return l.file }

// Close lets go. The workspace stays locked while others of the family are there.
func (l *Lock) Close() error { return l.file.Close() }

// RoleLock is the right to be the hub among the processes of a family. Exactly one has
// it, and its death frees it. It is a lock on the state directory itself, so that it
// holds although hub.lock is removed.
type RoleLock struct{ file *os.File }

// TakeRole takes the role without waiting; the error matches ErrLocked while another
// process has it. plain reports that the file system cannot lock directories, so that a
// file in the directory is locked instead.
func TakeRole(d bonesdir.Dir) (l *RoleLock, plain bool, err error) {
	f, err := inside.OpenDir(d.State, d.State)
	if err != nil {
		return nil, false, fmt.Errorf("owner: take the hub's role: %w", err)
	}
	if err = excludeDir(f); err == nil {
		return &RoleLock{f}, false, nil
	}
	if err = errors.Join(err, f.Close()); !lacksLocks(err) {
		return nil, false, fmt.Errorf("owner: take the hub's role: %w", err)
	}
	if f, err = inside.OpenFile(d.State, d.RoleFile(), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, true, fmt.Errorf("owner: take the hub's role: %w", err)
	}
	if err := exclude(f); err != nil {
		return nil, true, errors.Join(fmt.Errorf("owner: take the hub's role: %w", err), f.Close())
	}
	return &RoleLock{f}, true, nil
}

// Close gives the role up.
func (l *RoleLock) Close() error { return l.file.Close() }

// A look at a lock holds it for microseconds, so that who wants it must try again before
// it says that it is taken.
const (
	takeTries = 5
	takePause = time.Millisecond
)

// exclude locks a file against every other open description of it.
func exclude(f *os.File) error {
	var err error
	for range takeTries {
		if err = tryExclude(f); !errors.Is(err, ErrLocked) {
			return err
		}
		time.Sleep(takePause)
	}
	return err
}
