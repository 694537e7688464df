package logview

// take returns the next unit to count, the newest first; segs is in the order
// of time.
func (s *scan) take(segs []*segment) (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(segs) - 1; i >= 0; i-- {
		p, whole := s.partLocked(segs[i])
		if k, ok := p.nextLocked(whole); ok {
			return s.startLocked(segs[i], p, k), true
		}
	}
	return job{}, false
}

func (p *part) nextLocked(whole int64) (int, bool) {
	for k := p.last; k < len(p.units); k++ {
		isNew := k >= p.top
		if isNew {
			p.top = k + 1
		}
		state := p.units[k].state
		if (isNew && state == pending || state == counted) && !p.isFresh(k, whole) {
			return k, true
		}
	}
	for p.low > 0 {
		p.low--
		if state := p.units[p.low].state; state == pending || state == counted && !p.isFresh(p.low, whole) {
			return p.low, true
		}
	}
	return 0, false
}

func (s *scan) startLocked(seg *segment, p *part, k int) job {
	j := job{seg: seg, unit: k, epoch: s.epoch, again: p.units[k].end > 0, was: p.units[k].state}
	if t, ok := p.tails[k]; ok && j.was == counted {
		j.from, j.open = t.resume, t.open
	}
	p.units[k].state = counting
	return j
}

// claim returns how many rows of a unit match, or, if that is not known, a job
// to find out, which must be finished or abandoned. It waits for a unit that
// somebody else is counting.
func (s *scan) claim(seg *segment, k int) (n int, j job, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		p, whole := s.partLocked(seg)
		if k >= len(p.units) {
			return 0, job{}, true
		}
		if p.isFresh(k, whole) {
			return int(p.units[k].tally().sum()), job{}, true
		}
		if state := p.units[k].state; state == pending || state == counted {
			return 0, s.startLocked(seg, p, k), false
		}
		s.freed.Wait()
	}
}

// finish stores what a job has found: the matching rows, and those of them
// that have to be counted again once there is more. It may have units before
// counted again too. It returns false for a job of before the
// last restart, whose result is dropped.
func (s *scan) finish(j job, found, open tally, e *evaluator, p *plan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.freed.Broadcast()
	part := s.parts[j.seg]
	if part == nil || j.epoch != s.epoch {
		return false
	}
	c := &part.units[j.unit]
	old := c.tally()
	if j.from > 0 {
		found = found.plus(old, 1).plus(j.open, -1)
	}
	part.sum = part.sum.plus(found, 1).plus(old, -1)
	for l, n := range found {
		c.rows[l] = uint32(n)
	}
	u := j.seg.unit(j.unit)
	if j.unit >= part.grows && e.limit > c.end {
		part.reachBack(&j, &u, p)
	}
	part.tails[j.unit] = tail{resume: e.resume, open: open, rows: u.rows}
	if p.Context > 0 {
		part.tails[j.unit] = tail{resume: e.resume, open: open, rows: e.known}
	}
	if c.end = e.limit; c.end >= int64(j.unit+1)*unitSize {
		delete(part.tails, j.unit)
	}
	if c.state == outdated {
		part.redo(j.unit)
	} else {
		c.state = counted
	}
	part.catchUp(j)
	return true
}

// abandon gives back a job that was not done to its end.
func (s *scan) abandon(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.freed.Broadcast()
	part := s.parts[j.seg]
	switch {
	case part == nil || j.epoch != s.epoch:
	case part.units[j.unit].state == outdated:
		part.redo(j.unit)
	default:
		part.units[j.unit].state = j.was
		part.low = max(part.low, j.unit+1)
	}
}

// done reports whether every whole line has been counted, and the rows that
// match by level.
func (s *scan) done(segs []*segment) (sum tally, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	complete = true
	for _, seg := range segs {
		p, whole := s.partLocked(seg)
		for k := 0; complete && k < len(p.units); k++ {
			complete = p.isFresh(k, whole)
		}
		sum = sum.plus(p.sum, 1)
	}
	return sum, complete
}

// restart forgets everything that was counted.
func (s *scan) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	s.parts = map[*segment]*part{}
	s.freed.Broadcast()
}

// forget drops segments that are gone.
func (s *scan) forget(keep func(*segment) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for seg := range s.parts {
		if !keep(seg) {
			delete(s.parts, seg)
		}
	}
}
