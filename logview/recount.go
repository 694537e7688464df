package logview

// Units are counted again when they have grown, or when those after them have.

// catchUp has units counted again that were shorter when they were counted, after
// a job for a later one, or for the same.
func (p *part) catchUp(j job) {
	whole, _ := j.seg.sizes()
	for k := min(p.last, j.unit); k <= j.unit; k++ {
		if p.units[k].state == counted && !p.isFresh(k, whole) {
			p.low = max(p.low, k+1)
		}
	}
	p.last = max(p.last, j.unit)
}

// redo has a unit counted again, from its start.
func (p *part) redo(k int) {
	p.units[k].state = pending
	p.low = max(p.low, k+1)
}

// reachBack has units before counted again if what was added to unit u, that of a
// job, changes their last rows: lines that continue them, or new neighbours.
func (p *part) reachBack(j *job, u *unit, pl *plan) {
	rows := int(p.tails[j.unit].rows) // those that were there before; only the last can have changed
	continued := len(u.classes) > 0 && !u.classes[0].IsHead() && (!j.again || rows == 0)
	for k := j.unit - 1; k >= max(j.unit-contextUnits, 0); k-- {
		if (k < j.unit-1 || !continued) && (pl.Context == 0 || rows > pl.Context) {
			return
		}
		switch before := &p.units[k]; before.state {
		case counted:
			p.redo(k)
		case counting:
			before.state = outdated
		case pending, outdated:
		}
		rows += int(j.seg.unit(k).rows)
	}
}

// isSettled reports whether unit k is counted and will not be again: it is complete,
// and so are the units whose growth would reach back to it.
func (s *scan) isSettled(seg *segment, k int, pl *plan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.parts[seg]
	if p == nil || !p.isComplete(k) {
		return false
	}
	last := k + 1
	if pl.Context > 0 {
		last = k + contextUnits
	}
	rows := 0
	for i := k + 1; i <= last && last >= p.grows && rows <= pl.Context; i++ {
		if i >= p.grows && !p.isComplete(i) {
			return false
		}
		rows += int(seg.unit(i).rows)
	}
	return true
}

// isComplete reports whether unit k is counted and no more lines can begin in it.
func (p *part) isComplete(k int) bool {
	return k < len(p.units) && p.units[k].state == counted && p.units[k].end >= int64(k+1)*unitSize
}
