//go:build unix

package reference

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// alive is the reference's look at a process: signal 0, and any error means dead. So a
// zombie is alive, and another user's process is dead.
func alive(pid int) bool { return pid > 0 && syscall.Kill(pid, 0) == nil }

// readPID returns the number in a pid file, 0 if there is none.
func readPID(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 32)
	if err != nil {
		return 0
	}
	return int(pid)
}

func pidText(pid int) []byte { return fmt.Appendln(nil, pid) }
