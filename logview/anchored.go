package logview

import (
	"bytes"

	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/query"
)

// findAnchored looks for the anchor in the text and tests the lines that hold
// it. It gives up at a raw line, whose row may be more than the line.
func (e *evaluator) findAnchored(p *plan, s *segment, k int, from int64) bool {
	whole, _ := s.sizes()
	u := s.unit(k)
	if u.isDone(k, whole) {
		e.limit, e.resume = u.end, u.end
		if p = p.forUnit(&u); p == nil || p.Anchor.Text == "" {
			return p == nil
		}
	}
	t := e.unit(s, k, from, whole)
	e.limit, e.resume = t.end(), t.end()
	e.limit = max(e.limit, min(int64(k+1)*unitSize, whole)) // a file cut under us has no more to come
	if t.endsInZeros() || e.goesOn(s, t) {
		return false
	}
	if whole <= int64(k+1)*unitSize && !e.endsInEntry(t) {
		e.resume = from
	}
	pos := 0 // where a line begins
	for {
		i := p.Anchor.Index(t.data[pos:])
		if i < 0 {
			return true
		}
		start := pos + lastNewline(t.data[pos:pos+i]) + 1
		line, next := t.data[start:], len(t.data)
		if nl := bytes.IndexByte(t.data[pos+i:], '\n'); nl >= 0 {
			next = pos + i + nl + 1
			line = t.data[start : next-1]
		}
		c, sec, ok := e.Plain(line, false)
		if !ok || lines.IsGlued(line) {
			return false
		}
		if p.ByClass[c] != query.No {
			e.test(p, true, s, ref{off: t.base + int64(start), class: c, head: line, text: line, sec: sec})
		}
		pos = next
	}
}

// goesOn reports whether the last row of t, a whole unit, goes on in the next.
func (e *evaluator) goesOn(s *segment, t text) bool {
	whole, _ := s.sizes()
	if t.end() >= whole || t.cut || len(t.data) == 0 || e.endsInEntry(t) {
		return false
	}
	var buf [512]byte
	line, _, _ := bytes.Cut(buf[:s.readAt(buf[:], t.end())], []byte{'\n'})
	line, _ = lines.Trim(line, false)
	if _, _, ok := e.Plain(line, true); ok {
		return false
	}
	switch lines.ShapeOf(line) {
	case lines.Panic, lines.Entry:
		return false
	default:
		return true
	}
}
