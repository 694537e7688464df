package owner

// judge returns what the facts prove. It asks nobody.
func judge(f facts) Verdict {
	switch {
	case f.missing:
		return Verdict{Answer: Free}
	case f.refused != "":
		return f.refusedVerdict()
	case f.blind != "":
		return f.judgeBlind()
	}
	holder, rival := f.holder()
	switch {
	case rival != nil:
		return f.twoHubs(holder, rival)
	case holder != nil:
		return Verdict{
			Answer: Held, PID: holder.pid, Role: f.roleOf(holder), Stale: f.stale(holder),
			Serving: f.ports == bothPorts && holder.listens == bothPorts, NATS: holder.nats,
		}
	}
	if asked, next := f.doubt(); asked != "" {
		return Verdict{Asked: asked, Next: next}
	}
	return Verdict{Answer: Free, Stale: f.stale(nil)}
}

// bothPorts is how many addresses a hub listens on.
const bothPorts = 2

// holder returns the process that is proven to have the directory, nil if none is, and
// another that is proven as well.
func (f *facts) holder() (holder, rival *process) {
	if p, ok := f.byRecord(); ok {
		return p, nil
	}
	named, found := f.byService(), f.byLock()
	switch {
	case named == nil:
		return found, nil
	case found == nil || found.pid == named.pid:
		return named, nil
	}
	return named, found
}

// byRecord returns the process that hub.pid names with its number of our pid namespace,
// if that is proven without a look at any other: a hub by its lock, or without locks by
// what it serves. A keeper is not enough while somebody has the role.
func (f *facts) byRecord() (*process, bool) {
	p := f.named
	if !f.ours(p) || !f.isNamed(p) {
		return nil, false
	}
	if f.lockProves(p) {
		return p, p.hasRole() || !f.roleBusy() || !p.isKeeper()
	}
	return p, f.serves(p) && !f.locked()
}

// lockProves reports whether p is of a hub and holds a lock that is this directory's alone.
// A hub.lock with several names is that of a copy made with hard links too.
func (f *facts) lockProves(p *process) bool {
	return p.hubLike() && (p.hasRole() || p.lock && f.lockNames == 1)
}

// serves reports whether p does all that a hub without our locks does. Each of these alone
// is done by others too: an attached dashboard, fossil, sqlite3, a server that took the port.
func (f *facts) serves(p *process) bool {
	return p.fossil == writing && f.fossil.standing == busy && f.fossilNames == 1 && p.listens > 0 &&
		(p.runs("start") || p.isProgram())
}

// byService returns the process that hub.pid names in any pid namespace, if it serves
// the directory without holding a lock.
func (f *facts) byService() *process {
	return f.only(func(p *process) bool { return f.isNamed(p) && !p.locks() && f.serves(p) })
}

// byLock returns the holder of the locks among all processes: the one with the role; if
// nobody has that, a hub that holds hub.lock; else the keeper. Whom hub.pid names comes
// first in each.
func (f *facts) byLock() *process {
	if f.roleBusy() {
		return f.best((*process).hasRole)
	}
	if p := f.best(func(p *process) bool { return p.lock && f.lockNames == 1 && !p.isKeeper() }); p != nil {
		return p
	}
	return f.best(func(p *process) bool { return p.lock && f.lockNames == 1 && p.isKeeper() })
}

// best returns the one process that is of a hub and is as wanted: named by hub.pid, or
// the only one, or the only one that has the repository.
func (f *facts) best(want func(*process) bool) *process {
	if p := f.only(func(p *process) bool { return want(p) && p.hubLike() && f.isNamed(p) }); p != nil {
		return p
	}
	if p := f.only(func(p *process) bool { return want(p) && p.hubLike() }); p != nil {
		return p
	}
	return f.only(func(p *process) bool { return want(p) && p.fossil == writing })
}

// only returns the single process of ours that is as wanted.
func (f *facts) only(want func(*process) bool) (found *process) {
	for i := range f.others {
		p := &f.others[i]
		if !f.ours(p) || !want(p) {
			continue
		}
		if found != nil {
			return nil
		}
		found = p
	}
	return found
}

// roleOf returns what a proven holder is.
func (f *facts) roleOf(p *process) Role {
	switch {
	case p.hasRole():
		return RoleHub
	case p.isReference():
		return RoleReference
	case p.isKeeper():
		return RoleKeeper
	case p.lock && (p.inherited || f.roleBusy()): // an earlier release never passes its lock on
		return RoleHub
	default:
		return RoleEarlier
	}
}
