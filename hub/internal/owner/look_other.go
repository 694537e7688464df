//go:build !linux

package owner

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	gopsutil "github.com/shirou/gopsutil/v4/process"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
)

// look gathers the facts about d that this system shows: locks, hub.pid, and of the
// process that it names user, start and command line.
func look(d bonesdir.Dir) facts {
	f := facts{state: d.State, me: os.Geteuid(), blind: "this system does not show what other processes have open"}
	if err := d.Verify(); err != nil {
		f.missing = errors.Is(err, fs.ErrNotExist)
		f.refused = err.Error()
		return f
	}
	f.askLocks(d)
	for _, url := range []string{d.FossilURL(), d.NATSURL()} {
		if url != "" {
			f.ports++
		}
	}
	rec, err := d.ReadPID()
	if errors.Is(err, fs.ErrNotExist) {
		return f
	}
	f.record = record{present: true, pid: rec.PID}
	if err != nil {
		f.record.bad = plain(err.Error())
		return f
	}
	f.named = named(d, rec, f.me, f.blind)
	return f
}

// named returns what is known of the process that hub.pid names, nil if there is none.
func named(d bonesdir.Dir, rec bonesdir.PIDRecord, me int, blind string) *process {
	if !proc.Alive(rec.PID) {
		return nil
	}
	handle := &gopsutil.Process{Pid: int32(rec.PID)}
	p := &process{pid: rec.PID, uid: me, unlisted: blind}
	p.late = !proc.StartedBefore(rec.PID, rec.Written)
	if uids, err := handle.Uids(); err == nil && len(uids) > 1 {
		p.uid = int(uids[1])
	}
	exe, args, err := proc.Command(rec.PID)
	if err != nil {
		return p
	}
	p.args = args
	p.name = plain(filepath.Base(exe))
	home, _ := handle.Cwd()
	p.place = placeOf(p, home, d.Root)
	return p
}

// placeOf tells which workspace a process serves by its --root, or, for the bones CLI, which
// walks up no further, by the directory it runs in.
func placeOf(p *process, home, root string) place {
	for i, arg := range p.args {
		named, ok := strings.CutPrefix(arg, "--root=")
		if arg == "--root" && i+1 < len(p.args) {
			named, ok = p.args[i+1], true
		}
		if ok && filepath.IsAbs(named) {
			return compare(named, root)
		}
	}
	if p.isReference() && home != "" {
		return compare(home, root)
	}
	return somewhere
}

func compare(a, b string) place {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX != nil || errY != nil {
		return somewhere
	}
	if os.SameFile(x, y) {
		return here
	}
	return elsewhere
}
