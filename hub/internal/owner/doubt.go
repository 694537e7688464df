package owner

// doubt returns what keeps the directory from being proven free: what was asked, with the
// answer, and what mends it. Both are empty if nothing does. It is asked when no holder
// is proven.
func (f *facts) doubt() (asked, next string) {
	if asked, next := f.lockDoubt(); asked != "" {
		return asked, next
	}
	if f.fossil.standing == busy {
		if asked, next := f.openerDoubt(); asked != "" {
			return asked, next
		}
	}
	return f.recordDoubt()
}

// lockDoubt is doubt about who has the locks.
func (f *facts) lockDoubt() (asked, next string) {
	for _, l := range []struct {
		name  string
		probe probe
	}{{f.state, f.directory}, {f.path("hub.lock"), f.lock}, {f.path("hub.role"), f.role}} {
		switch l.probe.standing {
		case unasked:
			return f.unaskedLine(l.name, l.probe)
		case busy:
			return f.busyLine(l.name)
		case absent, free, unsupported:
		}
	}
	if f.fossil.standing == unasked {
		return f.unaskedLine(f.path("hub.fossil"), f.fossil.probe)
	}
	return "", ""
}

// openerDoubt is doubt about who has hub.fossil: all of its lockers must be seen, and
// no opener may look like a hub. The kernel lists all of its locks but the POSIX ones that
// are of another pid namespace. The hub of the bones CLI has such a one; but it makes the
// file, so it is the first locker as long as it lives, and that one is always told.
func (f *facts) openerDoubt() (asked, next string) {
	for i := range f.others {
		if p := &f.others[i]; p.fossil != closed && f.suspect(p) {
			return f.partialLine(p)
		}
	}
	if !f.seenLocker() || f.foreign > 0 {
		return f.lockerLine()
	}
	return "", ""
}

// seenLocker reports whether the first locker of hub.fossil is among the processes that
// were seen whole.
func (f *facts) seenLocker() bool {
	for i := range f.others {
		p := &f.others[i]
		if p.unlisted != "" || p.fossil == closed {
			continue
		}
		if p.pid == f.fossil.pid || f.fossil.pid == anonymous && p.ofd > 0 {
			return true
		}
	}
	return false
}

// suspect reports whether an opener of hub.fossil may be a hub.
func (f *facts) suspect(p *process) bool {
	return !p.dead && (p.locks() || p.listens > 0 || p.runs("start") || p.runs("keep") || p.fossil == writing && !p.late && f.isNamed(p))
}

// recordDoubt is doubt about hub.pid.
func (f *facts) recordDoubt() (asked, next string) {
	if f.record.bad != "" {
		return f.badRecordLine()
	}
	p := f.named
	switch {
	case p == nil || p.dead || p.late:
		return "", ""
	case p.unlisted != "":
		if p.uid != f.me {
			return "", ""
		}
		return f.unlistedLine(p)
	case p.touches:
		return f.partialLine(p)
	}
	return "", ""
}
