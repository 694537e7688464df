package owner

import "bones-tui/hub/bonesdir"

// Keepers lists the processes that would start the hub of d again if it died: who is
// about to kill a hub for good ends them first. What cannot be seen is left out.
func Keepers(d bonesdir.Dir) (pids []int) {
	f := lookWith(d, flock, everybody)
	for i := range f.others {
		if p := &f.others[i]; f.ours(p) && p.lock && p.isKeeper() {
			pids = append(pids, p.pid)
		}
	}
	return pids
}
