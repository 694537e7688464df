//go:build unix

package copies

import (
	"os"

	"golang.org/x/sys/unix"
)

// canHold says that hold tells whether a file is in use.
const canHold = true

// hold locks a file until it is closed, or the process ends, and reports whether nobody else
// holds it.
func hold(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil }
