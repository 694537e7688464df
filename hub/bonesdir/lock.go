package bonesdir

import (
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"

	"bones-tui/hub/bonesdir/durable"
)

// ErrLocked is matched by the error of Lock while somebody holds the lock.
var ErrLocked = errors.New("bonesdir: workspace is locked")

// LockedError says who holds the lock. It matches ErrLocked.
type LockedError struct {
	PID int // as the holder recorded it, 0 if it has not
}

// Error names the holder.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return ErrLocked.Error()
	}
	return fmt.Sprintf("%v by process %d", ErrLocked, e.PID)
}

// Is reports whether target is ErrLocked.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// Lock is the right to be the workspace's hub. The kernel drops it when the
// process ends, however it ends.
type Lock struct {
	flock *flock.Flock
	dir   Dir
}

// lockTries bounds how often Lock starts again because the lock file was
// replaced between opening and locking it.
const lockTries = 5

// Lock takes the workspace's lock without waiting, and records our pid beside
// it. The state directory must exist. The error matches ErrLocked (a
// *LockedError) while another process, or another Lock of this one, holds it.
//
// The kernel's lock alone decides. hub.lock.pid is written for starters that ask
// it first, and is believed by nobody here: it outlives a crash.
func (d Dir) Lock() (*Lock, error) {
	for range lockTries {
		l, err := d.tryLock()
		if err != nil || l != nil {
			return l, err
		}
	}
	return nil, fmt.Errorf("bonesdir: lock workspace: %s keeps being replaced", d.LockFile())
}

// tryLock returns neither lock nor error if the file was replaced meanwhile: a
// lock on a file that has no name excludes nobody.
func (d Dir) tryLock() (*Lock, error) {
	l := &Lock{dir: d, flock: flock.New(d.LockFile(),
		flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow), flock.SetPermissions(publicMode))}
	ok, err := l.flock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("bonesdir: lock workspace: %w", err)
	}
	if !ok {
		return nil, &LockedError{PID: d.LockHolder()}
	}
	if !l.named() {
		return nil, l.flock.Close()
	}
	if err := durable.WriteFile(d.LockPIDFile(), pidText(os.Getpid()), privateMode); err != nil {
		return nil, errors.Join(err, l.flock.Close())
	}
	return l, nil
}

// named reports whether the locked file is still the one at its path.
func (l *Lock) named() bool {
	held, err := l.flock.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(l.dir.LockFile())
	return err == nil && os.SameFile(held, there)
}

// Locked reports whether somebody holds the lock. It creates nothing.
func (d Dir) Locked() bool {
	l := flock.New(d.LockFile(), flock.SetFlag(os.O_RDONLY|noFollow))
	free, err := l.TryRLock()
	return errors.Join(l.Close(), err) == nil && !free
}

// LockHolder returns the pid in hub.lock.pid, 0 if there is none. It is a claim, and
// outlives a crash.
func (d Dir) LockHolder() int {
	text, _, err := readSmall(d.LockPIDFile())
	if err != nil {
		return 0
	}
	pid, err := parsePID(text)
	if err != nil {
		return 0
	}
	return pid
}

// Unlock removes the record of the holder and lets go. The lock file stays, so
// that all starters lock the same one. Calling it again does nothing.
func (l *Lock) Unlock() error {
	if !l.flock.Locked() {
		return nil
	}
	err := remove(l.dir.LockPIDFile())
	if uerr := l.flock.Close(); uerr != nil {
		err = errors.Join(err, fmt.Errorf("bonesdir: unlock workspace: %w", uerr))
	}
	return err
}
