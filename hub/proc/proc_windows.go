package proc

import (
	"math"
	"os"

	"github.com/shirou/gopsutil/v4/process"
)

func present(pid int) bool {
	if pid <= 0 || pid > math.MaxInt32 {
		return false
	}
	ok, err := process.PidExists(int32(pid))
	return err == nil && ok
}

// canAsk says that there is no polite signal for a process without a window.
const canAsk = false

// askToStop has nothing to ask with.
func askToStop(*os.Process) error { return nil }
