package logview

import (
	"context"
	"math"
	"sync"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

// Tail returns the last n matching rows. It looks for them itself, from the
// end on, so the first page of a filter does not wait for the counting.
//
// Tail, Head, Before and After return rows oldest first. When the context ends
// they return the rows found so far and its error.
func (v *View) Tail(ctx context.Context, n int) (Page, error) {
	return v.page(ctx, lastPos(), n, true)
}

// Head returns the first n matching rows.
func (v *View) Head(ctx context.Context, n int) (Page, error) {
	return v.page(ctx, Pos{}, n, false)
}

// Before returns the last n matching rows before p.
func (v *View) Before(ctx context.Context, p Pos, n int) (Page, error) {
	return v.page(ctx, p, n, true)
}

// After returns the first n matching rows after p.
func (v *View) After(ctx context.Context, p Pos, n int) (Page, error) {
	return v.page(ctx, p, n, false)
}

func (v *View) page(ctx context.Context, from Pos, n int, back bool) (Page, error) {
	if n <= 0 {
		return Page{}, nil
	}
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	w := walker{ctx: ctx, log: v.log, view: v, filter: v.filter, plan: v.prepared(e), from: from, want: n, back: back, e: e}
	exhausted := w.run()
	page := Page{Rows: w.rows}
	if back {
		for i, j := 0, len(w.rows)-1; i < j; i, j = i+1, j-1 {
			w.rows[i], w.rows[j] = w.rows[j], w.rows[i]
		}
		page.AtStart, page.AtEnd = exhausted, from == lastPos()
	} else {
		page.AtStart, page.AtEnd = from.IsZero(), exhausted
	}
	return page, w.err
}

// lastPos comes after every row.
func lastPos() Pos { return row.NewPos(math.MaxInt64, 0) }

var evaluators = sync.Pool{New: func() any { return new(evaluator) }}

// walker collects matching rows from a position on, in one direction.
type walker struct {
	ctx    context.Context
	log    *Log
	view   *View   // whose counts may be used; nil: nobody's
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
	if w.view == nil {
		found, sure := w.e.countClasses(w.plan, s, k)
		return !sure || found.sum() > 0
	}
	n, ok := w.view.rowsIn(s, k, w.e)
	return ok && n > 0
}

const (
	maxText   = 4 << 10
	maxDecode = 256 << 10
)

// row makes the row to hand out.
func (e *evaluator) row(s *segment, r *ref, name string) Row {
	row := Row{
		Pos: row.NewPos(s.gen, r.off+1), Kind: r.kind(), Level: r.class.Level(),
		Folded: r.folded, Context: r.context, File: name,
		Text: string(r.head[:min(len(r.head), maxText)]),
	}
	row.Cut = int64(len(r.head)-len(row.Text)) + r.left
	if r.left < 0 {
		row.Cut = e.lineLen(s, r.off) - int64(len(row.Text))
	}
	if row.Kind == KindEntry {
		e.decode(&row, r)
	} else {
		if r.sec == 0 {
			r.sec = e.timeBefore(s, r.off)
		}
		if r.sec != 0 {
			row.Time = time.Unix(r.sec, 0).UTC()
		}
	}
	return row
}

// decode fills in the entry. A line that is too long or damaged after its
// beginning still has that, and shows its text as the message.
func (e *evaluator) decode(to *Row, r *ref) {
	c, sec := e.line(r.head, len(r.head) > maxDecode)
	entry, err := hublog.Entry{}, hublog.ErrNotEntry
	if len(r.head) <= maxDecode {
		entry, err = hublog.Decode(r.head)
	}
	if err != nil {
		entry = hublog.Entry{Event: c.Event(), Msg: to.Text}
	}
	if c&row.Odd == 0 {
		entry.Level, entry.Event = c.Level(), c.Event()
		entry.Ts = hublog.LoggedTime{Time: time.Unix(sec, 0).UTC()}
	}
	for _, text := range []*string{&entry.Msg, &entry.Err, &entry.Agent, &entry.Task, &entry.RPC, &entry.Session, &entry.Hook, &entry.Matcher} {
		*text = (*text)[:min(len(*text), maxText)]
	}
	to.Entry, to.Time = entry, entry.Ts.Time
}

// lineLen is the length of the line at off, whose end is far away.
func (e *evaluator) lineLen(s *segment, off int64) int64 {
	whole, _ := s.sizes()
	var other indexer // e's buffer holds rows that are still wanted
	for k := unitOf(off) + 1; k < unitCount(whole); k++ {
		if u, _, _ := other.index(s, k); len(u.classes) > 0 {
			return u.first - 1 - off
		}
	}
	return whole - 1 - off
}

func (s *segment) baseName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}
