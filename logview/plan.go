package logview

import "time"

// plan is a filter prepared for one history: what can be decided by class and
// time alone, and what to look for in the text first.
type plan struct {
	root     node
	context  int
	table    [256]verdict // by class
	now      time.Time
	since    time.Time // rows outside need not be looked at; zero: no bound
	until    time.Time
	timed    bool    // the time of raw rows matters
	runs     int     // how many run starts must be known; 0: none
	starts   []Pos   // the last of them, newest first
	resolved bool    // starts is set
	anchor   finder  // the text of each matching row holds it
	rest     node    // what is left to test where the anchor was found; nil: nothing
	within   *plan   // the same for units that lie between since and until
	all      verdict // of every row
}

// newPlan prepares a filter. The proportions of bytes in the log tell which
// byte of the anchor is rare.
func newPlan(f *Filter, now time.Time, counts *[256]uint32) *plan {
	p := &plan{context: f.neighbours(), now: now}
	inner := p.takeBounds(f.terms())
	p.prepare(f.terms(), counts)
	if len(inner) < len(f.terms()) {
		p.within = &plan{now: now}
		p.within.prepare(inner, counts)
	}
	return p
}

// takeBounds notes the filter's overall time window and returns the terms
// without it.
func (p *plan) takeBounds(terms allOf) (inner allOf) {
	for _, term := range terms {
		bound, ok := term.(boundTerm)
		if !ok {
			inner = append(inner, term)
			continue
		}
		at := bound.when.at(p.now)
		if bound.until && (p.until.IsZero() || at.Before(p.until)) {
			p.until = at
		} else if !bound.until && at.After(p.since) {
			p.since = at
		}
	}
	return inner
}

func (p *plan) prepare(terms allOf, counts *[256]uint32) {
	p.root = terms
	p.timed, p.runs = needs(terms)
	p.all = terms.judge(0)
	for c := range p.table {
		if class(c).isHead() {
			p.table[c] = terms.judge(class(c) & (classKinds - 1))
			if p.table[c] != p.all {
				p.all = maybe
			}
		} else {
			p.table[c] = no
		}
	}
	p.anchor = newFinder(rarest(terms.anchors(), counts), counts)
	if p.runs > 0 {
		p.anchor = finder{} // the index must see the start of a run first
	}
	p.rest = terms
	if len(terms) == 1 {
		if t, ok := terms[0].(textTerm); ok && len(t.find.forms) == 1 && len(t.text) == len(p.anchor.text) {
			p.rest = nil
		}
	}
}

// needs tells what a filter depends on beside the rows themselves.
func needs(n node) (timed bool, runs int) {
	merge := func(list []node) {
		for _, term := range list {
			t, r := needs(term)
			timed, runs = timed || t, max(runs, r)
		}
	}
	switch n := n.(type) {
	case allOf:
		merge(n)
	case anyOf:
		merge(n)
	case noneOf:
		return needs(n.node)
	case boundTerm:
		return true, 0
	case orderTerm:
		return n.field.kind == kindTime, 0
	case listTerm:
		return n.field.kind == kindTime, 0
	case regexField:
		return n.field.kind == kindTime, 0
	case runTerm:
		return false, n.back + 1
	}
	return timed, runs
}

// forUnit returns the plan for a unit whose entries lie between two times, nil
// if no row of it can match.
func (p *plan) forUnit(u *unit) *plan {
	if u.untimed || u.minSec == 0 && u.maxSec == 0 || p.since.IsZero() && p.until.IsZero() {
		return p
	}
	first, last := time.Unix(u.minSec, 0), time.Unix(u.maxSec, 0)
	if !p.since.IsZero() && last.Before(p.since) || !p.until.IsZero() && first.After(p.until) {
		return nil
	}
	if p.within != nil && !first.Before(p.since) && (p.until.IsZero() || !last.After(p.until)) {
		return p.within
	}
	return p
}

// resolve returns a plan that knows where the last runs began. Plans are shared: none
// changes.
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

// isFree reports whether the plan lets every row through.
func (p *plan) isFree() bool { return p.all == yes && p.context == 0 && p.within == nil }
