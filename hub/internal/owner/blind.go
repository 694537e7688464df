package owner

// judgeBlind judges where the descriptors of processes are not shown: by locks, hub.pid
// and command lines. It proves less, and says so more often.
func (f *facts) judgeBlind() Verdict {
	p := f.named
	live := p != nil && !p.dead && !p.late && p.uid == f.me
	if live && f.provenBlind(p) {
		return Verdict{Answer: Held, PID: p.pid, Role: f.roleBlind(p), Serving: f.ports == bothPorts, NATS: f.ports == bothPorts}
	}
	if asked, next := f.lockDoubt(); asked != "" {
		return Verdict{Asked: asked, Next: next}
	}
	if f.fossil.standing == busy {
		asked, next := f.lockerLine()
		return Verdict{Asked: asked, Next: next}
	}
	if f.record.bad != "" {
		asked, next := f.badRecordLine()
		return Verdict{Asked: asked, Next: next}
	}
	if live && f.mayServe(p) {
		asked, next := f.unlistedLine(p)
		return Verdict{Asked: asked, Next: next}
	}
	return Verdict{Answer: Free, Stale: f.stale(nil)}
}

// provenBlind reports whether p is the hub as far as can be seen: a lock is held and its
// command line is that of a hub of this workspace, or it runs the bones CLI's hub, which
// holds no lock, right here.
func (f *facts) provenBlind(p *process) bool {
	if !f.mayServe(p) {
		return false
	}
	if f.locked() {
		return len(p.args) > 0
	}
	return p.isReference() && p.place == here
}

// mayServe reports whether the command line can be that of this workspace's hub. One that
// is not known can.
func (f *facts) mayServe(p *process) bool {
	if len(p.args) == 0 {
		return true
	}
	return p.place != elsewhere && (p.runs("start") || p.runs("keep") || p.isProgram())
}

func (f *facts) roleBlind(p *process) Role {
	switch {
	case p.isReference():
		return RoleReference
	case p.runs("keep"):
		return RoleKeeper
	case f.roleBusy():
		return RoleHub
	default:
		return RoleEarlier
	}
}
