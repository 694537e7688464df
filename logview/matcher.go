package logview

import (
	"time"
)

// matcher is a filter prepared for many rows: what can be decided by class and time
// alone, and what to look for in the text first. It does not change.
type matcher struct {
	context  int          // neighbours of each match that are shown as well
	verdicts [256]verdict // by class
	all      verdict      // of every row
	now      time.Time    // what "since:10m" is counted back from
	since    time.Time    // rows outside need not be looked at; zero: no bound
	until    time.Time
	timed    bool     // the time of raw rows matters
	runs     int      // how many run starts must be known; 0: none
	anchor   finder   // the text of each matching row holds it
	inner    *matcher // the same without the bounds, for rows between them; nil: there are none

	root node
	rest node // what is left to test where the anchor was found; nil: nothing
}

// newMatcher prepares a filter. The proportions of bytes in the log tell which
// byte of the anchor is rare.
func newMatcher(f *Filter, now time.Time, counts *[256]uint32) *matcher {
	p := &matcher{context: f.neighbours(), now: now}
	inner := p.takeBounds(f.terms())
	p.prepare(f.terms(), counts)
	if len(inner) < len(f.terms()) {
		p.inner = &matcher{now: now}
		p.inner.prepare(inner, counts)
	}
	return p
}

// takeBounds notes the filter's overall time window and returns the terms
// without it.
func (p *matcher) takeBounds(terms allOf) (inner allOf) {
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

func (p *matcher) prepare(terms allOf, counts *[256]uint32) {
	p.root = terms
	p.timed, p.runs = needs(terms)
	p.all = terms.judge(0)
	for c := range p.verdicts {
		if class(c).isHead() {
			p.verdicts[c] = terms.judge(class(c) & (classKinds - 1))
			if p.verdicts[c] != p.all {
				p.all = maybe
			}
		} else {
			p.verdicts[c] = no
		}
	}
	p.anchor = newFinder(rarest(terms.anchors(), counts), counts)
	if p.runs > 0 {
		p.anchor = finder{} // the index must see the start of a run first
	}
	p.rest = terms
	if len(terms) == 1 {
		if t, ok := terms[0].(textTerm); ok && t.find.isPlain() && len(t.text) == len(p.anchor.text) {
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

// decides reports whether rows of a class match whatever their text is, as far as that
// has not been seen to hold the anchor.
func (p *matcher) decides(c class, anchored bool) bool {
	return p.verdicts[c] == yes || anchored && p.rest == nil
}

// match judges a row, of which it may be known that it holds the anchor.
func (p *matcher) match(s *subject, anchored bool) bool {
	if anchored {
		return p.rest == nil || p.rest.match(s)
	}
	return p.root.match(s)
}

// isFree reports whether every row matches.
func (p *matcher) isFree() bool { return p.all == yes && p.context == 0 && p.inner == nil }
