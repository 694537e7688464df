package logview

import (
	"context"

	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

// prepared returns the view's plan. If the filter asks for a run, it first
// finds out where the last runs began; when another one has begun since,
// everything is counted anew.
func (v *View) prepared(e *evaluator) *plan {
	p := v.plan.Load()
	if p.Runs == 0 {
		return p
	}
	v.runs.Lock()
	defer v.runs.Unlock()
	p = v.plan.Load()
	newest := v.log.newestStart()
	if p.resolved && (len(p.starts) == 0 && newest.IsZero() || len(p.starts) > 0 && !p.starts[0].Before(newest)) {
		return p
	}
	next := p.resolve(v.log.runStarts(e, p.Runs))
	v.scan.restart()
	v.plan.Store(next)
	v.log.mu.Lock()
	v.restartFacetsLocked()
	v.log.mu.Unlock()
	return next
}

// runStarts finds where the last n runs began, newest first.
func (l *Log) runStarts(e *evaluator, n int) []Pos {
	w := walker{ctx: context.Background(), log: l, plan: planOf(query.RunStarts()), from: lastPos(), want: n, back: true, e: e}
	w.run()
	var starts []Pos
	for _, r := range w.rows {
		if r.Kind == KindEntry {
			starts = append(starts, r.Pos)
		}
	}
	return starts
}

// newestStart returns where the last run that has been indexed began.
func (l *Log) newestStart() Pos {
	segs := l.history()
	for i := len(segs) - 1; i >= 0; i-- {
		s := segs[i]
		s.mu.Lock()
		off := s.lastStart
		s.mu.Unlock()
		if off > 0 {
			return row.NewPos(s.gen, off)
		}
	}
	return Pos{}
}
