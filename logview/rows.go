package logview

import (
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
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
	c, sec := e.Line(r.head, len(r.head) > maxDecode)
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
