package logview

import (
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/row"
)

// partialAge is how long an unfinished line has to stay so before it is shown:
// nearly all are finished by the next read.
const partialAge = 250 * time.Millisecond

// extras are the rows of a segment that are not whole lines of it: a notice of
// what is missing before the first, and an unfinished line after the last.
// The zero row stands for none.
func (s *segment) extras(l *Log) [2]Row {
	var rows [2]Row
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notice != "" {
		rows[0] = Row{Pos: row.NewPos(s.gen, 0), Kind: KindGap, Text: s.notice, Level: hublog.LevelInfo, File: s.name}
	}
	if s.size > s.whole && (l.o.Still || l.o.Now().Sub(s.grownAt) >= partialAge) {
		buf := make([]byte, min(s.size-s.whole, maxText))
		text, skipped := lines.Trim(buf[:s.readAt(buf, s.whole)], s.whole == 0)
		rows[1] = Row{
			Pos: row.NewPos(s.gen, s.whole+1), Kind: KindPartial, Level: hublog.LevelInfo, File: s.name,
			Text: string(text), Cut: s.size - s.whole - int64(len(buf)) + int64(skipped),
		}
		if lines.ShapeOf(text).IsTrace() {
			rows[1].Level = hublog.LevelError
		}
	}
	return rows
}
