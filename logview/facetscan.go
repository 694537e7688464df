package logview

import (
	"sync"

	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

const (
	maxBuckets = 2048    // more of them double the step
	maxValues  = 10_000  // of a field that are counted apart
	otherValue = "other" // takes the values beyond
)

// facetScan collects the facets of a view.
type facetScan struct {
	scan *scan

	mu     sync.Mutex
	rows   tally
	events map[string]int64
	rpcs   map[string]int64
	agents map[string]int64
	times  map[int64]*tally   // by Unix time over step
	step   int64              // seconds
	kept   map[place]keptKeys // of the units that may be counted again
}

// keptKeys is what has been counted of a unit, to be taken back.
type keptKeys struct {
	sure []facetKey
	open []facetKey // counted again once there is more
}

// place is a unit of a segment.
type place struct {
	seg  *segment
	unit int
}

// facetKey is what is counted of a row.
type facetKey struct {
	class      row.Class
	sec        int64
	rpc, agent string
	event      string
}

func newFacetScan() *facetScan {
	return &facetScan{
		scan: newScan(), step: 1,
		events: map[string]int64{}, rpcs: map[string]int64{}, agents: map[string]int64{},
		times: map[int64]*tally{}, kept: map[place]keptKeys{},
	}
}

// collect is the job of counting the facets of one unit.
func (f *facetScan) collect(j job, e *evaluator, p *plan) {
	timed := *p
	timed.Timed = true
	e.find(&timed, j.seg, j.unit, j.from)
	var found, open tally
	var keys keptKeys
	for i := range e.refs {
		r := &e.refs[i]
		found.add(r.class, 1)
		if r.off < e.resume {
			keys.sure = append(keys.sure, e.facetKey(r))
			continue
		}
		keys.open = append(keys.open, e.facetKey(r))
		open.add(r.class, 1)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// What is finished may be taken again, and is said to be complete: it is in the
	// counts by the time that somebody else looks at them.
	if !f.scan.finish(j, found, open, e, p) {
		return
	}
	f.addLocked(keys.sure, 1)
	f.addLocked(keys.open, 1)
	at := place{j.seg, j.unit}
	old := f.kept[at]
	f.addLocked(old.open, -1)
	if j.from > 0 {
		keys.sure = append(old.sure, keys.sure...)
	} else {
		f.addLocked(old.sure, -1)
	}
	f.kept[at] = keys
	for at := range f.kept {
		if f.scan.isSettled(at.seg, at.unit, p) {
			delete(f.kept, at)
		}
	}
}

func (e *evaluator) facetKey(r *ref) facetKey {
	key := facetKey{class: r.class, sec: r.sec, event: r.class.Event()}
	if !r.class.IsEntry() {
		key.event = KindRaw.String()
		return key
	}
	if r.sec == 0 {
		_, key.sec = e.Line(r.head, len(r.head) > maxDecode)
	}
	sub := query.Subject{Class: r.class, Kind: KindEntry, Text: r.head}
	for name, value := range map[string]*string{"rpc": &key.rpc, "agent": &key.agent} {
		text, _ := sub.Stored(name)
		*value = e.intern(text)
	}
	if key.event == "" {
		text, _ := sub.Stored("event")
		key.event = e.intern(text)
	}
	return key
}

// intern returns b as a string, the same one each time while there are few.
func (e *evaluator) intern(b []byte) string {
	if s, ok := e.words[string(b)]; ok {
		return s
	}
	if e.words == nil || len(e.words) == maxValues {
		e.words = map[string]string{}
	}
	s := string(b)
	e.words[s] = s
	return s
}

func (f *facetScan) addLocked(keys []facetKey, sign int64) {
	for i := range keys {
		k := &keys[i]
		f.rows.add(k.class, sign)
		tallyUp(f.events, k.event, sign)
		tallyUp(f.rpcs, k.rpc, sign)
		tallyUp(f.agents, k.agent, sign)
		if k.sec == 0 {
			continue
		}
		t := f.times[k.sec/f.step]
		if t == nil {
			t = &tally{}
			f.times[k.sec/f.step] = t
		}
		t.add(k.class, sign)
	}
	for len(f.times) > maxBuckets {
		f.widenLocked()
	}
}

// widenLocked doubles the width of the buckets.
func (f *facetScan) widenLocked() {
	f.step *= 2
	wider := map[int64]*tally{}
	for at, t := range f.times {
		if wider[at/2] == nil {
			wider[at/2] = &tally{}
		}
		*wider[at/2] = wider[at/2].plus(*t, 1)
	}
	f.times = wider
}

func tallyUp(counts map[string]int64, value string, sign int64) {
	if value == "" {
		return
	}
	if _, known := counts[value]; !known && len(counts) >= maxValues {
		value = otherValue
	}
	counts[value] += sign
}
