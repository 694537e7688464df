package owner

import (
	"os"
	"strconv"
)

// explained reports whether the process that hub.pid names accounts for every lock, so
// that no other process need be looked at.
func (f *facts) explained() bool {
	if !f.locked() && f.fossil.standing != busy {
		return true
	}
	_, ok := f.byRecord()
	return ok
}

// scan looks at all processes whose descriptors we may see.
func (f *facts) scan(w *watch) {
	dir, err := os.Open("/proc") //nolint:forbidigo // the kernel's
	if err != nil {
		return
	}
	defer dir.Close() //nolint:errcheck // read only
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		p := w.candidate(pid, f.me)
		switch {
		case p == nil || p.dead:
		case p.touches || pid == f.fossil.pid:
			f.others = append(f.others, *p)
		case p.unlisted != "" && p.uid == f.me:
			f.unread++
		}
	}
	if f.fossil.standing == busy && w.database != "" {
		f.foreign = foreignLocks(w.database, f.others)
	}
}

// candidate returns the process pid if we may see what it has open, or if there is reason
// to name it.
func (w *watch) candidate(pid, me int) *process {
	e, err := openEntry(pid)
	if err != nil {
		return nil
	}
	defer e.close()
	p := &process{pid: pid}
	if !e.status(p) || p.dead {
		return nil
	}
	if me != 0 && p.uid != me {
		p.unlisted = "it is of another user"
		return p
	}
	w.descriptors(e, p)
	if !p.touches {
		return p
	}
	return w.process(pid)
}
