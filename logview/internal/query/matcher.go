package query

import (
	"time"

	"bones-tui/logview/internal/row"
	"bones-tui/logview/internal/search"
)

// Matcher is a filter prepared for many rows: what can be answered by class and time
// alone, and what to look for in the text first. It does not change.
type Matcher struct {
	Context int         // neighbours of each match that are shown as well
	ByClass [256]Answer // of a row by its row.Class
	all     Answer      // of every row
	Now     time.Time   // what "since:10m" is counted back from
	Since   time.Time   // rows outside need not be looked at; zero: no bound
	Until   time.Time
	Timed   bool          // the time of raw rows matters
	Runs    int           // how many run starts must be known; 0: none
	Anchor  search.Finder // the text of each matching row holds it
	Inner   *Matcher      // the same without the bounds, for rows between them; nil: there are none

	root node
	rest node // what is left to test where the anchor was found; nil: nothing
}

// NewMatcher prepares a filter. The proportions of bytes in the log tell which
// byte of the anchor is rare.
func NewMatcher(f *Filter, now time.Time, counts *[256]uint32) *Matcher {
	p := &Matcher{Context: f.neighbours(), Now: now}
	inner := p.takeBounds(f.terms())
	p.prepare(f.terms(), counts)
	if len(inner) < len(f.terms()) {
		p.Inner = &Matcher{Now: now}
		p.Inner.prepare(inner, counts)
	}
	return p
}

// takeBounds notes the filter's overall time window and returns the terms
// without it.
func (p *Matcher) takeBounds(terms allOf) (inner allOf) {
	for _, term := range terms {
		bound, ok := term.(boundTerm)
		if !ok {
			inner = append(inner, term)
			continue
		}
		at := bound.when.at(p.Now)
		if bound.until && (p.Until.IsZero() || at.Before(p.Until)) {
			p.Until = at
		} else if !bound.until && at.After(p.Since) {
			p.Since = at
		}
	}
	return inner
}

func (p *Matcher) prepare(terms allOf, counts *[256]uint32) {
	p.root = terms
	p.Timed, p.Runs = needs(terms)
	p.all = terms.byClass(0)
	for c := range p.ByClass {
		if row.Class(c).IsHead() {
			p.ByClass[c] = terms.byClass(row.Class(c) & (row.Kinds - 1))
			if p.ByClass[c] != p.all {
				p.all = Maybe
			}
		} else {
			p.ByClass[c] = No
		}
	}
	p.Anchor = search.NewFinder(search.Rarest(terms.anchors(), counts), counts)
	if p.Runs > 0 {
		p.Anchor = search.Finder{} // the index must see the start of a run first
	}
	p.rest = terms
	if len(terms) == 1 {
		if t, ok := terms[0].(textTerm); ok && t.find.IsPlain() && len(t.text) == len(p.Anchor.Text) {
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

// Decides reports whether every row of a class matches, or, anchored, every such row
// whose text holds the anchor: Match need not be asked.
func (p *Matcher) Decides(c row.Class, anchored bool) bool {
	return p.ByClass[c] == Yes || anchored && p.rest == nil
}

// Match reports whether a row matches; anchored says that its text holds the anchor.
func (p *Matcher) Match(s *Subject, anchored bool) bool {
	if anchored {
		return p.rest == nil || p.rest.match(s)
	}
	return p.root.match(s)
}

// IsFree reports whether every row matches.
func (p *Matcher) IsFree() bool { return p.all == Yes && p.Context == 0 && p.Inner == nil }
