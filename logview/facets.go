package logview

import (
	"cmp"
	"slices"
	"time"
)

// Facets are counts of a view's rows by what they have in common.
type Facets struct {
	// Complete says that the counts are final until the log grows.
	Complete bool
	Rows     int64
	Levels   [4]int64
	// Events, RPCs, Agents and Slots are sorted by count, the highest first.
	// Raw rows count as event "raw".
	Events, RPCs, Agents, Slots []Facet
	// Times counts rows by level over time, oldest first, without the spans
	// that have none; each begins at a multiple of Step.
	Times []Bucket
	Step  time.Duration
}

// Facet is a value and the number of rows that have it.
type Facet struct {
	Value string
	Rows  int64
}

// Bucket is one bar of the histogram.
type Bucket struct {
	Start  time.Time
	Levels [4]int64
}

// Facets returns what has been counted so far. The first call starts the
// counting in the background; like the view's own it goes from new to old and
// keeps up with the log, and every progress makes a new snapshot version.
func (v *View) Facets() Facets {
	l := v.log
	l.mu.Lock()
	f := v.facets
	if f == nil {
		f = newFacetScan()
		v.facets = f
		l.work.Broadcast()
	}
	segs := l.segs
	l.mu.Unlock()
	_, complete := f.scan.done(segs)
	out := f.result()
	out.Complete = complete
	return out
}

func (f *facetScan) result() Facets {
	f.mu.Lock()
	defer f.mu.Unlock()
	slots := map[string]int64{}
	for agent, n := range f.agents {
		if slot := SlotOf(agent); slot != "" {
			slots[slot] += n
		}
	}
	out := Facets{
		Rows: f.rows.sum(), Levels: f.rows, Step: time.Duration(f.step) * time.Second,
		Events: ranked(f.events), RPCs: ranked(f.rpcs), Agents: ranked(f.agents), Slots: ranked(slots),
	}
	for at, t := range f.times {
		if t.sum() > 0 {
			out.Times = append(out.Times, Bucket{Start: time.Unix(at*f.step, 0).UTC(), Levels: *t})
		}
	}
	slices.SortFunc(out.Times, func(a, b Bucket) int { return a.Start.Compare(b.Start) })
	return out
}

func ranked(counts map[string]int64) []Facet {
	var out []Facet
	for value, n := range counts {
		if n > 0 {
			out = append(out, Facet{value, n})
		}
	}
	slices.SortFunc(out, func(a, b Facet) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Value, b.Value))
	})
	return out
}
