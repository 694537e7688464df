//go:build !windows

package owner

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// excludeDir is exclude for a directory. Tests put a file system in its place that
// cannot do it.
var excludeDir = exclude

func tryExclude(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrLocked
		default:
			return err
		}
	}
}
