package logview

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
