package logview

import (
	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

// count counts the matching rows of unit k from an offset on, which must be
// where a row begins or before the unit. open counts those of them that begin
// at e.resume or later, and so have to be counted again.
func (e *evaluator) count(p *plan, s *segment, k int, from int64) (t, open tally) {
	if from <= int64(k)*unitSize {
		if t, ok := e.countClasses(p, s, k); ok {
			return t, tally{}
		}
	}
	e.find(p, s, k, from)
	for i := range e.refs {
		t.add(e.refs[i].class, 1)
		if e.refs[i].off >= e.resume {
			open.add(e.refs[i].class, 1)
		}
	}
	return t, open
}

// countClasses counts by class bytes alone. It is not ok if that does not
// decide, or for the unit at the end, whose last row may change.
func (e *evaluator) countClasses(p *plan, s *segment, k int) (t tally, ok bool) {
	whole, _ := s.sizes()
	if p.Context > 0 || p.Runs > 0 || unitCount(whole) <= k+1 {
		return t, false
	}
	u := s.unit(k)
	if !u.isDone(k, whole) || u.thin {
		if p.Anchor.Text != "" {
			return t, false
		}
		u, _, _ = e.index(s, k)
	}
	e.limit, e.resume = u.end, u.end
	if p = p.forUnit(&u); p == nil {
		return t, true
	}
	var seen [256]int64
	for _, c := range u.classes {
		seen[c]++
	}
	for c, n := range seen {
		if n == 0 {
			continue
		}
		switch p.ByClass[c] {
		case query.Maybe:
			return tally{}, false
		case query.Yes:
			t.add(row.Class(c), n)
		case query.No:
		}
	}
	return t, true
}

// find collects the matching rows of unit k from an offset on into e.refs.
func (e *evaluator) find(p *plan, s *segment, k int, from int64) {
	e.refs = e.refs[:0]
	if p.Context > 0 {
		e.findAround(p, s, k)
		return
	}
	e.findOnly(p, s, k, from)
}
