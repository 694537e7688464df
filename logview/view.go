package logview

import (
	"sync"
	"sync/atomic"
	"time"
)

// View is the history through one filter. Its methods may be called from any
// goroutine.
type View struct {
	log    *Log
	filter *Filter
	plan   atomic.Pointer[plan]
	scan   *scan
	runs   sync.Mutex // held while the starts of runs are looked for

	closed   bool       // guarded by log.mu
	facets   *facetScan // guarded by log.mu; nil until they are asked for
	next     time.Time
	problems problems
}

// View starts to count what matches, the newest first, and keeps counting as
// the log grows. A nil filter matches everything. The time that "since:10m"
// means is fixed now. Close the view when it is no longer shown.
func (l *Log) View(f *Filter) *View {
	now := l.o.Now()
	v := &View{log: l, filter: f, scan: newScan()}
	v.plan.Store(newPlan(f, now, l.byteCounts()))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.views = append([]*View{v}, l.views...)
	l.bumpLocked()
	return v
}

// Close ends the counting within a few milliseconds.
func (v *View) Close() error {
	l := v.log
	l.mu.Lock()
	defer l.mu.Unlock()
	v.closed = true
	kept := make([]*View, 0, len(l.views))
	for _, other := range l.views {
		if other != v {
			kept = append(kept, other)
		}
	}
	l.views = kept
	l.bumpLocked()
	return nil
}

// Filter returns the view's filter.
func (v *View) Filter() *Filter { return v.filter }

// byteCounts counts the bytes at the end of the log, to find out which are
// rare in it.
func (l *Log) byteCounts() *[256]uint32 {
	const sample = 64 << 10
	segs := l.history()
	for i := len(segs) - 1; i >= 0; i-- {
		whole, _ := segs[i].sizes()
		if whole == 0 {
			continue
		}
		buf := make([]byte, min(whole, sample))
		buf = buf[:segs[i].readAt(buf, whole-int64(len(buf)))]
		counts := &[256]uint32{}
		for _, c := range buf {
			counts[c]++
		}
		return counts
	}
	return nil
}

// problems remembers what a view's filter thinks of recent rows.
type problems struct {
	mu     sync.Mutex
	plan   *plan // that hidden is by
	hidden map[Pos]bool
}

// restartFacetsLocked forgets what was counted; log.mu is held.
func (v *View) restartFacetsLocked() {
	if v.facets != nil {
		v.facets = newFacetScan()
	}
}
