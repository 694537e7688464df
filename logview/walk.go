package logview

import (
	"bytes"

	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

// findOnly collects the matching rows of unit k from an offset on, without neighbours.
func (e *evaluator) findOnly(p *plan, s *segment, k int, from int64) {
	e.refs = e.refs[:0]
	if p.Anchor.Text != "" && e.findAnchored(p, s, k, from) {
		return
	}
	e.refs = e.refs[:0]
	e.walk(p, s, k, from)
}

// walk tests every row of unit k, by the index.
func (e *evaluator) walk(p *plan, s *segment, k int, from int64) {
	u, t, loaded := e.index(s, k)
	e.limit, e.resume = u.end, u.end
	if p = p.forUnit(&u); p == nil {
		return
	}
	if !loaded {
		limit := u.end
		if limit >= int64(k+1)*unitSize {
			limit, _ = s.sizes() // for the end of a long last line
		}
		t = e.unit(s, k, max(u.first, from), limit)
	}
	skip := 0
	if from > u.first {
		if loaded {
			t = text{data: t.data[min(from-t.base, int64(len(t.data))):], base: from, cut: t.cut}
		}
		skip = len(u.classes) - countLines(t)
	}
	e.rows(p, s, &u, t, max(skip, 0))
}

func countLines(t text) int {
	n := bytes.Count(t.data, []byte{'\n'})
	if len(t.data) > 0 && t.data[len(t.data)-1] != '\n' {
		n++
	}
	return n
}

// rows cuts t, which begins with line i of the unit, into rows and tests them.
func (e *evaluator) rows(p *plan, s *segment, u *unit, t text, i int) {
	var row ref
	open := false
	sec := int64(0)
	flush := func() {
		if open && p.ByClass[row.class] != query.No {
			e.test(p, false, s, row)
		}
		open = false
	}
	for at := 0; at < len(t.data) && i < len(u.classes); i++ {
		line, next := t.data[at:], len(t.data)
		cut := t.cut
		if nl := bytes.IndexByte(line, '\n'); nl >= 0 {
			line, next, cut = line[:nl], at+nl+1, false
		}
		c := u.classes[i]
		if !c.IsHead() {
			if open {
				row.folded++
				row.text = t.data[int(row.off-t.base) : next-1 : next-1]
			}
			at = next
			continue
		}
		flush()
		if !c.IsEntry() {
			e.resume = t.base + int64(at)
		} else {
			e.resume = u.end
		}
		if p.ByClass[c] != query.No || p.Timed {
			row = e.begin(s, t, at, line, c, cut)
			sec = e.timeOf(p, s, &row, sec)
			open = true
		}
		at = next
	}
	if open && !row.class.IsEntry() && !t.cut {
		e.finishRow(s, unitOf(u.first)+1, &row)
	}
	flush()
}

// begin makes the row that begins with a line of t.
func (e *evaluator) begin(s *segment, t text, at int, line []byte, c row.Class, cut bool) ref {
	off := t.base + int64(at)
	head, skipped := lines.Trim(line, off == 0)
	row := ref{off: off, class: c, head: head, text: head, left: int64(skipped)}
	if cut && line[0] == 0 {
		head, row.left = s.afterZeros(off)
		row.head = bytes.TrimSuffix(head, []byte{'\r'})
		row.text = row.head
		cut = len(head) == maxLine
	}
	if cut {
		row.left = -1 // nobody has looked for the end
	}
	return row
}

// timeOf finds the time of a row; a raw one has that of the entry before. It
// returns the time for the next row.
func (e *evaluator) timeOf(p *plan, s *segment, r *ref, before int64) int64 {
	if r.class.IsEntry() {
		c, sec, ok := e.Plain(r.head, true)
		if _ = c; !ok {
			_, sec = e.Line(r.head, false)
		}
		r.sec = sec
		return sec
	}
	if before == 0 && p.Timed {
		before = e.timeBefore(s, r.off)
	}
	r.sec = before
	return before
}

// finishRow adds the lines of the next unit that belong to a row.
func (e *evaluator) finishRow(s *segment, k int, r *ref) {
	whole, _ := s.sizes()
	if k >= unitCount(whole) {
		return
	}
	t := e.next.unit(s, k, 0, whole)
	before := lines.Entry
	if len(t.data) > 0 {
		before = e.shapeBefore(s, t)
	}
	end := 0
	for line := range bytes.Lines(t.data) {
		trimmed, _ := lines.Trim(bytes.TrimSuffix(line, []byte{'\n'}), false)
		if c, _ := e.Line(trimmed, false); c.IsEntry() || !lines.Continues(before, lines.ShapeOf(trimmed)) {
			break
		}
		before = lines.ShapeOf(trimmed)
		end += len(line)
		r.folded++
	}
	if end > 0 {
		joined := append([]byte(nil), r.text...)
		joined = append(append(joined, '\n'), t.data[:end-1]...)
		r.text = joined
	}
}
