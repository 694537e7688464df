//go:build unix

package reference

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"bones-tui/hub/bonesdir"
)

// Stop is `hub stop --force`: whoever hub.pid names gets SIGTERM, and SIGKILL two
// seconds later, without a look at who it is; then hub.pid is removed whatever became
// of the process. Only the caller itself is not signalled, nor, unlike the reference's
// habit, the first process of the system and the caller's parent.
func Stop(root string) error {
	d := bonesdir.At(root)
	pid := readPID(d.PIDFile())
	if pid == 1 || pid == os.Getppid() {
		return fmt.Errorf("reference: stop: hub.pid names process %d", pid)
	}
	if pid != os.Getpid() && alive(pid) {
		end(pid)
	}
	return remove(d.PIDFile())
}

func end(pid int) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
	if gone(pid, 40, 50*time.Millisecond) {
		return
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	gone(pid, 20, 25*time.Millisecond)
}

// gone polls until the process is dead, and reports whether it is.
func gone(pid, times int, every time.Duration) bool {
	for range times {
		if !alive(pid) {
			return true
		}
		time.Sleep(every)
	}
	return !alive(pid)
}
