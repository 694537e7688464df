//go:build unix

package reference

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
)

// ErrLockHeld is matched by the error of a start that found the start lock taken. It
// has wiped nothing.
var ErrLockHeld = errors.New("reference: lock held")

// startLock keeps other starts of the reference away.
type startLock struct {
	file *os.File
	dir  bonesdir.Dir
}

// takeLock takes the start lock without waiting. First hub.lock.pid is asked: another
// process that lives holds the lock, whatever the kernel says, and the record of a dead
// one is removed. Then the kernel decides.
func takeLock(d bonesdir.Dir) (*startLock, error) {
	if _, err := askHolder(d); err != nil {
		return nil, err
	}
	f, err := flock(d.LockFile())
	if errors.Is(err, ErrLockHeld) {
		dead, herr := askHolder(d)
		if herr != nil {
			return nil, herr
		}
		if dead {
			f, err = flock(d.LockFile())
		}
	}
	if err != nil {
		return nil, err
	}
	l := &startLock{file: f, dir: d}
	if err := l.record(); err != nil {
		return nil, errors.Join(err, l.release())
	}
	return l, nil
}

// askHolder returns ErrLockHeld if hub.lock.pid names another live process, and removes
// the file if it names a dead one.
func askHolder(d bonesdir.Dir) (dead bool, err error) {
	switch pid := readPID(d.LockPIDFile()); {
	case pid == 0 || pid == os.Getpid():
		return false, nil
	case alive(pid):
		return false, fmt.Errorf("%w by process %d", ErrLockHeld, pid)
	default:
		return true, remove(d.LockPIDFile())
	}
}

// flock opens the file anew for each try: the lock belongs to the open file, so that
// starts in one process exclude each other too.
func flock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("reference: lock: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrLockHeld
		}
		return nil, errors.Join(fmt.Errorf("reference: lock: %w", err), f.Close())
	}
	return f, nil
}

// record writes our pid as the reference does: a private temporary file, renamed.
func (l *startLock) record() error {
	path := l.dir.LockPIDFile()
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp.*")
	if err != nil {
		return fmt.Errorf("reference: record lock: %w", err)
	}
	_, err = f.Write(pidText(os.Getpid()))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("reference: record lock: %w", errors.Join(err, remove(f.Name())))
	}
	return nil
}

// release removes the record and lets go.
func (l *startLock) release() error {
	err := remove(l.dir.LockPIDFile())
	if uerr := unix.Flock(int(l.file.Fd()), unix.LOCK_UN); uerr != nil {
		err = errors.Join(err, fmt.Errorf("reference: unlock: %w", uerr))
	}
	return errors.Join(err, l.file.Close())
}
