package logview

import "time"

// findAround collects the matching rows of unit k and their neighbours, which
// may match in the units beside it. Neighbours lie in the same file. It covers the
// lines that are there when it begins.
func (e *evaluator) findAround(p *plan, s *segment, k int) {
	u, _, _ := e.index(s, k)
	first, last := e.beside(s, k, p.Context)
	e.known, e.first = u.rows, first
	inner := *p
	inner.Context = 0
	hits := map[int64]bool{}
	for j := first; j <= last; j++ {
		if e.pause(unitSize); e.stopped {
			e.refs = e.refs[:0]
			return
		}
		e.findOnly(&inner, s, j, 0)
		for i := range e.refs {
			hits[e.refs[i].off] = true
		}
	}
	e.refs = e.refs[:0]
	e.grows = u.end
	if len(hits) > 0 {
		before, after := e.offsets(s, first, k-1), e.offsets(s, k+1, last)
		free := newPlan(nil, time.Time{}, nil)
		free.Timed = p.Timed
		e.findOnly(free, s, k, 0)
		e.grows = e.resume
		for n := len(e.refs); n > 0 && e.refs[n-1].off >= u.end; n-- {
			e.refs = e.refs[:n-1] // it came since, and has not been tested
		}
		before = before[max(len(before)-p.Context, 0):]
		after = after[:min(len(after), p.Context)]
		e.keepAround(p.Context, hits, before, after)
	}
	e.limit, e.resume = u.end, int64(k)*unitSize
}

// beside returns the first and the last unit that n neighbours of the rows of unit k
// lie in.
func (e *evaluator) beside(s *segment, k, n int) (first, last int) {
	whole, _ := s.sizes()
	first, last = k, k
	for rows := 0; rows < n && first > max(k-contextUnits, 0); {
		first--
		u, _, _ := e.index(s, first)
		rows += int(u.rows)
	}
	for rows := 0; rows < n && last < min(k+contextUnits, unitCount(whole)-1); {
		last++
		u, _, _ := e.index(s, last)
		rows += int(u.rows)
	}
	return first, last
}

// offsets lists where the rows of some units begin.
func (e *evaluator) offsets(s *segment, first, last int) []int64 {
	var out []int64
	for k := first; k <= last; k++ {
		e.pause(unitSize)
		e.findOnly(newPlan(nil, time.Time{}, nil), s, k, 0)
		for i := range e.refs {
			out = append(out, e.refs[i].off)
		}
	}
	return out
}

// keepAround keeps the rows of e.refs that are at most n rows from a hit.
func (e *evaluator) keepAround(n int, hits map[int64]bool, before, after []int64) {
	all := before
	for i := range e.refs {
		all = append(all, e.refs[i].off)
	}
	all = append(all, after...)
	near := make([]bool, len(all))
	for i, off := range all {
		if hits[off] {
			for j := max(i-n, 0); j <= min(i+n, len(all)-1); j++ {
				near[j] = true
			}
		}
	}
	kept := e.refs[:0]
	for i, r := range e.refs {
		if near[len(before)+i] {
			r.context = !hits[r.off]
			kept = append(kept, r)
		}
	}
	e.refs = kept
}
