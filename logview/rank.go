package logview

import "context"

// Rank returns how many matching rows lie before p. It counts for itself what
// is not counted yet.
func (v *View) Rank(ctx context.Context, p Pos) (int64, error) {
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	rank := int64(0)
	err := v.eachUnit(ctx, e, func(s *segment, k int, n int64) bool {
		switch {
		case s.gen < p.gen || s.gen == p.gen && k < unitOf(p.off-1):
			rank += n
			return true
		case s.gen == p.gen && k == unitOf(p.off-1) && n > 0:
			e.find(v.plan.Load(), s, k, 0)
			for i := range e.refs {
				if e.refs[i].off < p.off-1 {
					rank++
				}
			}
		}
		return false
	})
	return rank, err
}

// Nth returns n matching rows from the one on that i others come before.
func (v *View) Nth(ctx context.Context, i int64, n int) (Page, error) {
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	from, found := Pos{}, false
	err := v.eachUnit(ctx, e, func(s *segment, k int, rows int64) bool {
		if i >= rows {
			i -= rows
			return true
		}
		e.find(v.plan.Load(), s, k, 0)
		if i < int64(len(e.refs)) {
			from, found = Pos{gen: s.gen, off: e.refs[i].off}, true
		}
		return false
	})
	switch {
	case err != nil:
		return Page{}, err
	case !found:
		return Page{AtEnd: true}, nil
	}
	return v.After(ctx, from, n)
}

// eachUnit calls f with the number of matching rows of each unit, oldest
// first, until it returns false.
func (v *View) eachUnit(ctx context.Context, e *evaluator, f func(s *segment, k int, n int64) bool) error {
	v.prepared(e)
	defer e.under(ctx)()
	for _, s := range v.log.history() {
		whole, _ := s.sizes()
		for k := range unitCount(whole) {
			if err := ctx.Err(); err != nil {
				return err
			}
			n, ok := v.rowsIn(s, k, e)
			if ok && !f(s, k, int64(n)) || e.stopped {
				return ctx.Err()
			}
		}
	}
	return nil
}
