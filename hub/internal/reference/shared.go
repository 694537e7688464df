//go:build unix

package reference

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// The bytes that SQLite locks for as long as it has a database in WAL mode open, by
// its file format (os_unix.c): those of readers in the database, and the one in the
// shared memory that says that somebody uses it.
const (
	sharedFirst = 0x40000002
	sharedBytes = 510
	shmInUse    = 128
)

// sharedLock is what other processes see of a database that this one has open: POSIX
// locks, which name this process. They are lost when this process closes the files,
// through whatever descriptor.
type sharedLock struct {
	path      string
	repo, shm *os.File
}

func lockShared(path string) (*sharedLock, error) {
	repo, err := openLocked(path, os.O_RDWR, sharedFirst, sharedBytes)
	if err != nil {
		return nil, err
	}
	shm, err := openLocked(path+"-shm", os.O_RDWR|os.O_CREATE, shmInUse, 1)
	if err != nil {
		return nil, errors.Join(err, repo.Close())
	}
	return &sharedLock{path: path, repo: repo, shm: shm}, nil
}

func openLocked(path string, flag int, start, length int64) (*os.File, error) {
	f, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, fmt.Errorf("reference: share database: %w", err)
	}
	if err := lockBytes(f, unix.F_RDLCK, start, length); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func lockBytes(f *os.File, kind int16, start, length int64) error {
	l := unix.Flock_t{Type: kind, Start: start, Len: length}
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &l); err != nil {
		return fmt.Errorf("reference: lock %s: %w", f.Name(), err)
	}
	return nil
}

// unlock closes the database. Like SQLite it removes the sidecars if nobody else has
// it open.
func (s *sharedLock) unlock() error {
	var err error
	if lockBytes(s.repo, unix.F_WRLCK, sharedFirst, sharedBytes) == nil {
		err = errors.Join(remove(s.path+"-wal"), remove(s.path+"-shm"))
	}
	return errors.Join(err, s.shm.Close(), s.repo.Close())
}
