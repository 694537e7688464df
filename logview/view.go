package logview

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

// ErrClosed is returned by calls on a closed Log or View.
var ErrClosed = errors.New("logview: closed")

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

// take returns the next unit to count for this view.
func (v *View) take(segs []*segment) (run func(*evaluator), ok bool) {
	if j, ok := v.scan.take(segs); ok {
		return func(e *evaluator) { v.count(j, e) }, true
	}
	if v.facets == nil {
		return nil, false
	}
	f := v.facets
	j, ok := f.scan.take(segs)
	return func(e *evaluator) {
		f.collect(j, e, v.prepared(e))
	}, ok
}

// rowsIn returns how many rows of a unit match, which it finds out, and notes for
// all, if it is not known. It is not ok if e has been stopped before.
func (v *View) rowsIn(s *segment, k int, e *evaluator) (n int, ok bool) {
	for {
		n, j, known := v.scan.claim(s, k)
		if known {
			return n, true
		}
		v.count(j, e)
		v.log.progressed()
		if e.stopped {
			return 0, false
		}
	}
}

func (v *View) count(j job, e *evaluator) {
	p := v.prepared(e)
	found, open := e.count(p, j.seg, j.unit, j.from)
	if e.stopped {
		v.scan.abandon(j)
		return
	}
	v.scan.finish(j, found, open, e, p)
	v.prepared(e) // another run may have begun in this unit
}

// Snapshot is what a view knows about itself.
type Snapshot struct {
	// Version is higher whenever anything else here may have changed.
	Version uint64
	// Total is the number of rows in the history, as far as it is indexed.
	Total int64
	// Matches is the number of those that match, as far as they are counted.
	Matches int64
	// Complete says that both numbers are final until the log grows.
	Complete bool
	// HiddenProblems is the number of WARN and ERROR rows of the last five
	// minutes that the filter hides.
	HiddenProblems int
	// Levels counts the matching rows by level.
	Levels [4]int64
	// Problem says why there is nothing to see, or that the history is
	// incomplete; empty if all is well.
	Problem string
	// Polling says that there are no file events here, so that changes show
	// up late.
	Polling bool
	// Last is the time of the last entry; zero if there is none.
	Last time.Time
}

// Snapshot returns the present state without waiting.
func (v *View) Snapshot() Snapshot {
	l := v.log
	l.mu.Lock()
	segs := l.segs
	s := Snapshot{Version: l.version, Problem: l.problem, Polling: l.polling}
	l.mu.Unlock()
	s.Complete = true
	var rows [row.Kinds]int64
	for _, seg := range segs {
		_, byClass, complete := seg.progress()
		s.Complete = s.Complete && (complete || l.o.NoIndex)
		for c, n := range byClass {
			rows[c] += n
			s.Total += n
		}
		if last := seg.lastTime(); !last.IsZero() {
			s.Last = last
		}
	}
	sum, complete := v.scan.done(segs)
	s.Complete = s.Complete && complete
	s.Levels, s.Matches = sum, sum.sum()
	for _, r := range v.extras(segs) {
		s.Total++
		if v.accepts(r) {
			s.Matches++
			s.Levels[r.Level]++
		}
	}
	s.Total = max(s.Total, s.Matches) // which were counted a moment later
	s.HiddenProblems = v.hiddenProblems()
	return s
}

// Next blocks until there is something newer than the version seen, and
// returns it: at once if the last call was a while ago, but not more than ten
// times a second.
func (v *View) Next(ctx context.Context, seen uint64) (Snapshot, error) {
	const pause = 100 * time.Millisecond
	if err := v.wait(ctx, seen); err != nil {
		return Snapshot{}, err
	}
	v.log.mu.Lock()
	delay := v.next.Sub(v.log.o.Now())
	v.log.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(min(delay, pause)):
		case <-ctx.Done():
			return Snapshot{}, ctx.Err()
		}
	}
	v.log.mu.Lock()
	v.next = v.log.o.Now().Add(pause)
	v.log.mu.Unlock()
	return v.Snapshot(), nil
}

// Await is Next without the pause: it returns every change at once.
func (v *View) Await(ctx context.Context, seen uint64) (Snapshot, error) {
	if err := v.wait(ctx, seen); err != nil {
		return Snapshot{}, err
	}
	return v.Snapshot(), nil
}

// Settle blocks until everything is counted that is in the history now.
func (v *View) Settle(ctx context.Context) (Snapshot, error) {
	for {
		s := v.Snapshot()
		if s.Complete {
			return s, nil
		}
		if err := v.wait(ctx, s.Version); err != nil {
			return s, err
		}
	}
}

func (v *View) wait(ctx context.Context, seen uint64) error {
	_, err := v.log.wait(ctx, seen)
	v.log.mu.Lock()
	defer v.log.mu.Unlock()
	if err == nil && v.closed {
		err = ErrClosed
	}
	return err
}

func (s *segment) lastTime() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastSec == 0 {
		return time.Time{}
	}
	return time.Unix(s.lastSec, 0).UTC()
}

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

// isProblem reports whether a row is a warning or worse.
func isProblem(l hublog.Level) bool { return l >= hublog.LevelWarn }
