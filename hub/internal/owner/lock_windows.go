package owner

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// excludeDir fails: directories cannot be locked here.
func excludeDir(*os.File) error { return errors.ErrUnsupported }

func lacksLocks(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

func tryExclude(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}
