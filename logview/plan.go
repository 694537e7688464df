package logview

import (
	"time"

	"bones-tui/logview/internal/query"
)

// plan is a filter prepared for one history. Plans are shared: none changes.
type plan struct {
	query.Matcher
	starts   []Pos // where the last runs began, newest first
	resolved bool  // starts is set
	within   *plan // for units that lie between the filter's bounds; nil: there are none
}

// newPlan prepares a filter, of which the proportions of bytes in the log make a
// search quick; nil means the usual ones.
func newPlan(f *Filter, now time.Time, counts *[256]uint32) *plan {
	return planOf(query.NewMatcher(f, now, counts))
}

func planOf(m *query.Matcher) *plan {
	p := &plan{Matcher: *m}
	if m.Inner != nil {
		p.within = planOf(m.Inner)
	}
	return p
}

// forUnit returns the plan for a unit whose entries lie between two times, nil
// if no row of it can match.
func (p *plan) forUnit(u *unit) *plan {
	if u.untimed || u.minSec == 0 && u.maxSec == 0 || p.Since.IsZero() && p.Until.IsZero() {
		return p
	}
	first, last := time.Unix(u.minSec, 0), time.Unix(u.maxSec, 0)
	if !p.Since.IsZero() && last.Before(p.Since) || !p.Until.IsZero() && first.After(p.Until) {
		return nil
	}
	if p.within != nil && !first.Before(p.Since) && (p.Until.IsZero() || !last.After(p.Until)) {
		return p.within
	}
	return p
}

// resolve returns a plan that knows where the last runs began.
func (p *plan) resolve(starts []Pos) *plan {
	next := *p
	next.starts, next.resolved = starts, true
	if p.within != nil {
		next.within = p.within.resolve(starts)
	}
	return &next
}

// back counts the runs that began after pos.
func (p *plan) back(pos Pos) int {
	n := 0
	for n < len(p.starts) && pos.Before(p.starts[n]) {
		n++
	}
	return n
}
