//go:build unix && !linux

package owner

import (
	"errors"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
)

// askLocks asks for the locks of the directory and of its files.
func (f *facts) askLocks(d bonesdir.Dir) {
	dir, err := unix.Open(d.State, askFlags|unix.O_DIRECTORY, 0)
	if errors.Is(err, unix.ENOENT) {
		return
	}
	if err != nil {
		f.directory = probe{standing: unasked, why: openError(err)}
		return
	}
	defer unix.Close(dir) //nolint:errcheck // read only
	f.directory = ask(dir, flock)
	f.lock, _ = askFile(dir, "hub.lock")
	f.role, _ = askFile(dir, "hub.role")
	f.lockNames = 1
}
