//go:build !linux

package owner

import (
	gopsutil "github.com/shirou/gopsutil/v4/process"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
)

// Keepers lists the processes that would start the hub of d again if it died: who is
// about to kill a hub for good ends them first. What cannot be seen is left out.
func Keepers(d bonesdir.Dir) (pids []int) {
	all, _ := gopsutil.Pids() // what cannot be listed is left out
	for _, pid := range all {
		_, args, err := proc.Command(int(pid))
		p := &process{pid: int(pid), args: args}
		if err == nil && p.isKeeper() && placeOf(p, "", d.Root) == here {
			pids = append(pids, p.pid)
		}
	}
	return pids
}
