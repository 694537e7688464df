//go:build !windows

package hublog

import (
	"os"
	"syscall"
)

// noFollow makes opening fail at a symbolic link, and not wait at a pipe.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// claim takes the open file's lock without waiting. Close gives it back.
func claim(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
