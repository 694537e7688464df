package logview

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"time"

	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

var evaluators = sync.Pool{New: func() any { return new(evaluator) }}

// ref is a row found in a unit. Its text lives in the evaluator's buffer until
// the next unit.
type ref struct {
	off     int64
	class   row.Class
	head    []byte // the first line, trimmed
	text    []byte // all lines
	left    int64  // bytes of the first line that head lacks
	folded  int
	sec     int64 // time, if known; 0: not
	context bool  // a neighbour of a match
}

// tally counts rows by level.
type tally [4]int64

func (t *tally) add(c row.Class, n int64) { t[c.Level()] += n }

// plus returns t + sign*other.
func (t tally) plus(other tally, sign int64) tally {
	for l, n := range other {
		t[l] += sign * n
	}
	return t
}

func (t tally) sum() int64 { return t[0] + t[1] + t[2] + t[3] }

// evaluator applies plans to units. Each worker has its own.
type evaluator struct {
	indexer
	next   reader // for the row that reaches into the next unit
	refs   []ref
	limit  int64 // end of what the last call has covered
	resume int64 // where to go on once there is more: a last row may still grow
	words  map[string]string
	sub    query.Subject
	tested int // bytes since the last pause

	// Of a search for neighbours, which is done again for the whole unit:
	known int32 // how many rows the unit has
	first int   // the first unit that its neighbours may lie in
	grows int64 // where a last row that may still grow begins

	ctx     context.Context // ends a search inside a unit as well; nil: nothing does
	stopped bool            // it has: what was found is not all
}

// test adds a row that may match, if it passes what is left to test: less, if its
// text is known to hold the anchor.
func (e *evaluator) test(p *plan, anchored bool, s *segment, r ref) {
	if !p.Decides(r.class, anchored) {
		sub := &e.sub // on the heap, but only once
		*sub = query.Subject{Class: r.class, Kind: r.kind(), Text: r.text, Now: p.Now, RunsSince: -1}
		if r.sec != 0 {
			sub.Time = time.Unix(r.sec, 0).UTC()
		}
		if p.Runs > 0 {
			sub.RunsSince = p.back(row.NewPos(s.gen, r.off+1))
		}
		e.pause(len(r.text))
		if e.stopped || !p.Match(sub, anchored) {
			return
		}
	}
	e.refs = append(e.refs, r)
}

// endsInEntry reports whether nothing can continue the last row of t.
func (e *evaluator) endsInEntry(t text) bool {
	data := bytes.TrimSuffix(t.data, []byte{'\n'})
	_, _, ok := e.Plain(data[lastNewline(data)+1:], false)
	return ok
}

// under has a context end a search inside a unit, until the function returned is
// called. What a search needs to know first may be a search of its own.
func (e *evaluator) under(ctx context.Context) (done func()) {
	outer, stopped := e.ctx, e.stopped
	e.ctx, e.stopped = ctx, false
	return func() { e.ctx, e.stopped = outer, stopped }
}

// pause lets others run once enough text has been tested: an expression may
// take a hundred times as long for it as reading does.
func (e *evaluator) pause(n int) {
	const enough = 16 << 10
	if e.tested += n; e.tested >= enough {
		e.tested = 0
		runtime.Gosched()
		e.stopped = e.stopped || e.ctx != nil && e.ctx.Err() != nil
	}
}

func (r *ref) kind() Kind {
	if r.class.IsEntry() {
		return KindEntry
	}
	return KindRaw
}
