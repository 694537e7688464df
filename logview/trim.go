package logview

// trim gives up class bytes, those of the oldest units first, until the budget
// is kept. Filters read the text of such units instead.
func (l *Log) trim() {
	if l.budget.left.Load() >= 0 {
		return
	}
	for _, s := range l.history() {
		for k := 0; s.thin(k); k++ {
			if l.budget.left.Load() >= 0 {
				return
			}
		}
	}
}

// thin takes the class bytes of unit k. It reports whether there are further
// units that could do without; the last ones, which grow, cannot.
func (s *segment) thin(k int) bool {
	const kept = 2
	s.mu.Lock()
	defer s.mu.Unlock()
	if k >= len(s.units)-kept {
		return false
	}
	u := &s.units[k]
	if u.end >= int64(k+1)*unitSize && !u.thin {
		s.budget.left.Add(int64(cap(u.classes)))
		u.classes, u.thin = nil, true
	}
	return true
}

// discard gives back what the index of a segment costs that is no longer part
// of the history. Somebody may still be working on it.
func (s *segment) discard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.units {
		s.budget.left.Add(int64(cap(s.units[i].classes)))
		s.units[i].classes = nil
	}
}
