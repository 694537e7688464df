package logview

import (
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/query"
)

// hiddenProblems counts the recent warnings and errors that the filter hides.
func (v *View) hiddenProblems() int {
	if v.filter == nil {
		return 0
	}
	rows := v.log.recent.current()
	p := v.plan.Load()
	v.problems.mu.Lock()
	defer v.problems.mu.Unlock()
	if v.problems.plan != p { // another run has begun
		v.problems.plan, v.problems.hidden = p, nil
	}
	verdicts := make(map[Pos]bool, len(rows))
	n := 0
	for _, r := range rows {
		hidden, known := v.problems.hidden[r.pos]
		if !known {
			hidden = !v.keeps(p, &r)
		}
		verdicts[r.pos] = hidden
		if hidden {
			n++
		}
	}
	v.problems.hidden = verdicts
	return n
}

func (v *View) keeps(p *plan, r *recentRow) bool {
	s := query.Subject{Class: r.class, Kind: KindRaw, Text: r.text, Time: time.Unix(r.sec, 0), Now: p.Now, RunsSince: -1}
	if r.class.IsEntry() {
		s.Kind = KindEntry
		if entry, err := hublog.Decode(r.text); err == nil {
			s.Entry = &entry
		}
	}
	if p.Runs > 0 {
		s.RunsSince = p.back(r.pos)
	}
	return p.Match(&s, false)
}
