package logview

import "time"

// findAround collects the matching rows of unit k and their neighbours, which
// may match in the units beside it. Neighbours lie in the same file.
func (e *evaluator) findAround(p *plan, s *segment, k int) {
	whole, _ := s.sizes()
	inner := *p
	inner.context = 0
	hits := map[int64]bool{}
	for j := max(k-1, 0); j <= k+1 && j < unitCount(whole); j++ {
		if e.pause(unitSize); e.stopped {
			e.refs = e.refs[:0]
			return
		}
		e.find(&inner, s, j, 0)
		for i := range e.refs {
			hits[e.refs[i].off] = true
		}
	}
	if len(hits) == 0 {
		e.refs = e.refs[:0]
		e.index(s, k)
		e.limit, e.resume = s.unit(k).end, s.unit(k).end
		return
	}
	before := e.offsets(s, k-1)
	after := e.offsets(s, k+1)
	free := newPlan(nil, time.Time{}, nil)
	e.find(free, s, k, 0)
	before = before[max(len(before)-p.context, 0):]
	after = after[:min(len(after), p.context)]
	e.keepAround(p.context, hits, before, after)
	e.resume = 0
}

// offsets lists where the rows of unit k begin.
func (e *evaluator) offsets(s *segment, k int) []int64 {
	whole, _ := s.sizes()
	if k < 0 || k >= unitCount(whole) {
		return nil
	}
	e.pause(unitSize)
	e.find(newPlan(nil, time.Time{}, nil), s, k, 0)
	out := make([]int64, len(e.refs))
	for i := range e.refs {
		out[i] = e.refs[i].off
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
