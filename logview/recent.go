package logview

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

const (
	recentAge = 5 * time.Minute
	maxRecent = 4096 // rows kept; in a storm of errors the oldest go
)

// recent keeps the warnings and errors of the last minutes, so that each view
// can tell how many of them its filter hides.
type recent struct {
	now func() time.Time

	mu   sync.Mutex
	rows []recentRow
}

type recentRow struct {
	pos   Pos
	sec   int64
	class row.Class
	text  []byte // at most maxText of it
}

// note takes the problems from lines that have just been indexed.
func (r *recent) note(x *indexer, s *segment, u *unit, t text) {
	cutoff := r.now().Add(-recentAge).Unix()
	if u.maxSec < cutoff {
		return
	}
	sec := int64(0)
	at := 0
	for i := 0; i < len(x.classes) && at < len(t.data); i++ {
		line := t.data[at:]
		next := len(t.data)
		if nl := bytes.IndexByte(line, '\n'); nl >= 0 {
			line, next = line[:nl], at+nl+1
		}
		c := x.classes[i]
		if c.IsHead() && (c.IsEntry() || isProblem(c.Level())) {
			text, _ := trimLine(line, false)
			if c.IsEntry() {
				_, sec = x.line(text, len(text) > maxDecode)
			}
			if isProblem(c.Level()) && sec >= cutoff {
				r.add(recentRow{row.NewPos(s.gen, t.base+int64(at)+1), sec, c, bytes.Clone(text[:min(len(text), maxText)])})
			}
		}
		at = next
	}
}

func (r *recent) add(row recentRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rows) == maxRecent {
		r.rows = slices.Clone(r.rows[maxRecent/4:]) // others read the old ones
	}
	r.rows = append(r.rows, row)
}

// current returns the rows that are young enough, and drops the others.
func (r *recent) current() []recentRow {
	cutoff := r.now().Add(-recentAge).Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := make([]recentRow, 0, len(r.rows))
	for _, row := range r.rows {
		if row.sec >= cutoff {
			kept = append(kept, row)
		}
	}
	r.rows = kept
	return kept
}

// problems remembers what a view's filter thinks of recent rows.
type problems struct {
	mu     sync.Mutex
	plan   *plan // that hidden is by
	hidden map[Pos]bool
}

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
