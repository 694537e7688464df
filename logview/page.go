package logview

import (
	"context"
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
	w := walker{ctx: ctx, log: v.log, counts: v, filter: v.filter, plan: v.prepared(e), from: from, want: n, back: back, e: e}
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
