package logview

import (
	"context"
	"time"

	"bones-tui/logview/internal/row"
)

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

// extras lists the extra rows of all segments.
func (v *View) extras(segs []*segment) []Row {
	var rows []Row
	for _, s := range segs {
		for _, r := range s.extras(v.log) {
			if !r.Pos.IsZero() {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// accepts reports whether the filter lets an extra row through.
func (v *View) accepts(r Row) bool {
	return v.filter.Match(r, v.plan.Load().Now)
}
