package logview

import (
	"context"
	"errors"
	"slices"
	"time"

	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

// Direction is where to look from a position.
type Direction uint8

// The directions.
const (
	Forward Direction = iota
	Backward
)

// ErrNotFound is returned by Find and At if no row matches.
var ErrNotFound = errors.New("logview: no such row")

// Find returns the next row of the view that matches a second filter as well:
// a text for n and N, "level>=error" for the next error. The search begins
// beyond from, which may be zero, and goes on at the other end of the history
// if need be; wrapped tells. A search that the context ends returns its error.
func (v *View) Find(ctx context.Context, from Pos, f *Filter, dir Direction) (r Row, wrapped bool, err error) {
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	back := dir == Backward
	if from.IsZero() && back {
		from = lastPos()
	}
	w := walker{ctx: ctx, log: v.log, filter: v.filter, plan: v.planWith(e, f), also: f, from: from, want: 1, back: back, e: e}
	if w.run(); len(w.rows) == 0 && w.err == nil {
		wrapped = true
		w.from = Pos{}
		if back {
			w.from = lastPos()
		}
		w.run()
	}
	if len(w.rows) > 0 {
		return w.rows[0], wrapped, nil
	}
	if w.err != nil {
		return Row{}, false, w.err
	}
	return Row{}, false, ErrNotFound
}

// planWith returns a plan for the rows that match the view's filter and f.
func (v *View) planWith(e *evaluator, f *Filter) *plan {
	base := v.prepared(e)
	p := newPlan(query.And(v.filter.Without("ctx"), f), base.Now, v.log.byteCounts())
	if p.Runs > 0 {
		p = p.resolve(v.log.runStarts(e, p.Runs))
	}
	return p
}

// outlier is how far a time may lie from those around it and still be believed:
// clocks step back by seconds, but a stamp of another year is a mistake.
const outlier = 24 * time.Hour

// At returns the first n matching rows from a point in time on: from the first
// row in the file that is not older, not counting stamps that are far off
// those around them. It bisects the history, whether it is indexed or not.
func (v *View) At(ctx context.Context, t time.Time, n int) (Page, error) {
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	from, ok := v.log.seek(ctx, e, t)
	if err := ctx.Err(); err != nil {
		return Page{}, err
	}
	if !ok {
		return Page{AtEnd: true}, ErrNotFound
	}
	page, err := v.After(ctx, from, n)
	page.AtStart = false
	return page, err
}

// seek finds the position just before the first row that is not older than t.
func (l *Log) seek(ctx context.Context, e *evaluator, t time.Time) (Pos, bool) {
	for _, s := range l.history() {
		whole, _ := s.sizes()
		n := unitCount(whole)
		if n == 0 {
			continue
		}
		low, high := 0, n // the first unit that reaches t lies in between
		for low < high && ctx.Err() == nil {
			mid := (low + high) / 2
			if e.reaches(s, mid, n, t) {
				high = mid
			} else {
				low = mid + 1
			}
		}
		for low > 0 && e.reaches(s, low-1, n, t) {
			low-- // the clock stepped back at the seam
		}
		for k := low; k < n && ctx.Err() == nil; k++ {
			if off, ok := e.firstSince(s, k, t); ok {
				return row.NewPos(s.gen, off), true
			}
		}
	}
	return Pos{}, false
}

// reaches reports whether the last believable time of unit k, or of the next
// one that has entries, is not before t.
func (e *evaluator) reaches(s *segment, k, n int, t time.Time) bool {
	for ; k < n; k++ {
		if first, last := e.believable(s, k); !last.IsZero() || !first.IsZero() {
			return !last.Before(t)
		}
	}
	return true
}

// believable returns the first and last time of a unit without its outliers.
func (e *evaluator) believable(s *segment, k int) (first, last time.Time) {
	u, _, _ := e.index(s, k)
	if u.minSec == 0 && u.maxSec == 0 {
		return time.Time{}, time.Time{}
	}
	first, last = time.Unix(u.minSec, 0), time.Unix(u.maxSec, 0)
	if last.Sub(first) <= outlier {
		return first, last
	}
	e.find(newPlan(nil, time.Time{}, nil), s, k, 0)
	return median(e.refs)
}

// median returns the range of times around the middle one of the entries.
func median(refs []ref) (first, last time.Time) {
	var secs []int64
	for i := range refs {
		if refs[i].class.IsEntry() {
			secs = append(secs, refs[i].sec)
		}
	}
	if len(secs) == 0 { // the file has been cut meanwhile
		return time.Time{}, time.Time{}
	}
	slices.Sort(secs)
	middle := secs[len(secs)/2]
	near := slices.DeleteFunc(secs, func(sec int64) bool {
		return sec < middle-int64(outlier.Seconds()) || sec > middle+int64(outlier.Seconds())
	})
	return time.Unix(near[0], 0), time.Unix(near[len(near)-1], 0)
}

// firstSince finds the first row of unit k that is not older than t.
func (e *evaluator) firstSince(s *segment, k int, t time.Time) (off int64, ok bool) {
	_, last := e.believable(s, k)
	if last.Before(t) {
		return 0, false
	}
	e.find(newPlan(nil, time.Time{}, nil), s, k, 0)
	for i := range e.refs {
		r := &e.refs[i]
		if at := time.Unix(r.sec, 0); r.class.IsEntry() && !at.Before(t) && !at.After(last) {
			return r.off, true
		}
	}
	return 0, false
}
