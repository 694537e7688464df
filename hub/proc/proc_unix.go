//go:build !windows

package proc

import (
	"errors"
	"math"
	"os"
	"syscall"
)

// present reports whether the process table has pid, zombies included. EPERM
// means that it is there and another user's.
func present(pid int) bool {
	if pid <= 0 || pid > math.MaxInt32 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// canAsk says that askToStop asks.
const canAsk = true

// askToStop asks a process to end in order.
func askToStop(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
