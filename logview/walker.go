package logview

import (
	"context"
	"math"

	"bones-tui/logview/internal/row"
)

// lastPos comes after every row.
func lastPos() Pos { return row.NewPos(math.MaxInt64, 0) }

// counts knows how many rows of a unit match. It is not ok if the evaluator was stopped
// before that was found out.
type counts interface {
	rowsIn(s *segment, k int, e *evaluator) (n int, ok bool)
}

// walker collects matching rows from a position on, in one direction.
type walker struct {
	ctx    context.Context
	log    *Log
	counts counts  // of the view, which may be used; nil: nobody counts
	filter *Filter // for the rows that are not lines
	plan   *plan
	also   *Filter // part of plan that is not the view's
	from   Pos
	want   int
	back   bool
	e      *evaluator
	rows   []Row
	err    error
}

// run reports whether it has come to the end of the history.
func (w *walker) run() (exhausted bool) {
	defer w.e.under(w.ctx)()
	defer w.log.reading()()
	segs := w.log.history()
	for i := range segs {
		s := segs[i]
		if w.back {
			s = segs[len(segs)-1-i]
		}
		if w.back && s.gen > row.Generation(w.from) || !w.back && s.gen < row.Generation(w.from) {
			continue
		}
		if !w.segment(s) {
			return false
		}
	}
	return true
}

// segment walks one file; it reports whether to go on.
func (w *walker) segment(s *segment) bool {
	extras := s.extras(w.log)
	if w.back {
		return w.extra(extras[1]) && w.units(s) && w.extra(extras[0])
	}
	return w.extra(extras[0]) && w.units(s) && w.extra(extras[1])
}

func (w *walker) extra(r Row) bool {
	if !r.Pos.IsZero() && w.isBeyond(r.Pos) && w.filter.Match(r, w.plan.Now) && w.also.Match(r, w.plan.Now) {
		w.rows = append(w.rows, r)
	}
	return len(w.rows) < w.want
}

// isBeyond reports whether a row lies on the side that is asked for.
func (w *walker) isBeyond(p Pos) bool {
	if w.back {
		return p.Before(w.from)
	}
	return w.from.Before(p)
}

func (w *walker) units(s *segment) bool {
	whole, _ := s.sizes()
	n := unitCount(whole)
	first, last := 0, n-1
	if s.gen == row.Generation(w.from) && row.Offset(w.from) > 0 {
		if w.back {
			last = min(last, unitOf(row.Offset(w.from)-1))
		} else {
			first = unitOf(row.Offset(w.from) - 1)
		}
	}
	for i := range max(last-first+1, 0) {
		k := first + i
		if w.back {
			k = last - i
		}
		if w.err = w.ctx.Err(); w.err != nil {
			return false
		}
		if !w.unit(s, k) {
			return false
		}
	}
	return true
}

// unit collects the rows of one unit, if there are any; it reports whether to
// go on.
func (w *walker) unit(s *segment, k int) bool {
	if w.matches(s, k) {
		w.e.find(w.plan, s, k, w.start(s, k))
	} else {
		w.e.refs = w.e.refs[:0]
	}
	if w.e.stopped {
		w.err = w.ctx.Err()
		return false
	}
	refs := w.e.refs
	name := s.baseName()
	for i := range refs {
		r := &refs[i]
		if w.back {
			r = &refs[len(refs)-1-i]
		}
		if !w.isBeyond(row.NewPos(s.gen, r.off+1)) {
			continue
		}
		w.rows = append(w.rows, w.e.row(s, r, name))
		if len(w.rows) == w.want {
			return false
		}
	}
	return true
}

// start is where to begin in unit k: a row that is known to begin there.
func (w *walker) start(s *segment, k int) int64 {
	if w.back || w.plan.Context > 0 || s.gen != row.Generation(w.from) || row.Offset(w.from) == 0 || unitOf(row.Offset(w.from)-1) != k {
		return 0
	}
	if whole, _ := s.sizes(); row.Offset(w.from) > whole {
		return 0 // it was an unfinished line
	}
	return row.Offset(w.from) - 1
}

// matches reports whether any row of a unit may match.
func (w *walker) matches(s *segment, k int) bool {
	if w.plan.IsFree() {
		return true
	}
	if w.counts == nil {
		found, sure := w.e.countClasses(w.plan, s, k)
		return !sure || found.sum() > 0
	}
	n, ok := w.counts.rowsIn(s, k, w.e)
	return ok && n > 0
}
