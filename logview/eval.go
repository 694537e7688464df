package logview

import (
	"bytes"
	"encoding/binary"
	"time"
)

// ref is a row found in a unit. Its text lives in the evaluator's buffer until
// the next unit.
type ref struct {
	off     int64
	class   class
	head    []byte // the first line, trimmed
	text    []byte // all lines
	left    int64  // bytes of the first line that head lacks
	folded  int
	sec     int64 // time, if known; 0: not
	context bool  // a neighbour of a match
}

// tally counts rows by level.
type tally [4]int64

func (t *tally) add(c class, n int64) { t[c.level()] += n }

// plus returns t + sign*other.
func (t tally) plus(other tally, sign int64) tally {
	for l, n := range other {
		t[l] += sign * n
	}
	return t
}

func (t tally) sum() int64 { return t[0] + t[1] + t[2] + t[3] }

// evaluator applies plans to units. Each worker has its own.
type evaluator struct {
	indexer
	next   reader // for the row that reaches into the next unit
	refs   []ref
	limit  int64 // end of what the last call has covered
	resume int64 // where to go on once there is more: a last row may still grow
	words  map[string]string
	sub    subject
}

// count counts the matching rows of unit k from an offset on, which must be
// where a row begins or before the unit. open counts those of them that begin
// at e.resume or later, and so have to be counted again.
func (e *evaluator) count(p *plan, s *segment, k int, from int64) (t, open tally) {
	if from <= int64(k)*unitSize {
		if t, ok := e.countClasses(p, s, k); ok {
			return t, tally{}
		}
	}
	e.find(p, s, k, from)
	for i := range e.refs {
		t.add(e.refs[i].class, 1)
		if e.refs[i].off >= e.resume {
			open.add(e.refs[i].class, 1)
		}
	}
	return t, open
}

// countClasses counts by class bytes alone. It is not ok if that does not
// decide, or for the unit at the end, whose last row may change.
func (e *evaluator) countClasses(p *plan, s *segment, k int) (t tally, ok bool) {
	whole, _ := s.sizes()
	if p.context > 0 || p.runs > 0 || unitCount(whole) <= k+1 {
		return t, false
	}
	u := s.unit(k)
	if !u.isDone(k, whole) {
		if p.anchor.text != "" {
			return t, false
		}
		u, _, _ = e.index(s, k)
	}
	e.limit, e.resume = u.end, u.end
	if p = p.forUnit(&u); p == nil {
		return t, true
	}
	var seen [256]int64
	for _, c := range u.classes {
		seen[c]++
	}
	for c, n := range seen {
		if n == 0 {
			continue
		}
		switch p.table[c] {
		case maybe:
			return tally{}, false
		case yes:
			t.add(class(c), n)
		case no:
		}
	}
	return t, true
}

// find collects the matching rows of unit k from an offset on into e.refs.
func (e *evaluator) find(p *plan, s *segment, k int, from int64) {
	e.refs = e.refs[:0]
	if p.context > 0 {
		e.findAround(p, s, k)
		return
	}
	if p.anchor.text != "" && e.findAnchored(p, s, k, from) {
		return
	}
	e.refs = e.refs[:0]
	e.walk(p, s, k, from)
}

// findAnchored looks for the anchor in the text and tests the lines that hold
// it. It gives up at a raw line, whose row may be more than the line.
func (e *evaluator) findAnchored(p *plan, s *segment, k int, from int64) bool {
	whole, _ := s.sizes()
	u := s.unit(k)
	if u.isDone(k, whole) {
		e.limit, e.resume = u.end, u.end
		if p = p.forUnit(&u); p == nil || p.anchor.text == "" {
			return p == nil
		}
	}
	t := e.unit(s, k, from, whole)
	e.limit, e.resume = t.end(), t.end()
	if t.endsInZeros() || e.goesOn(s, t) {
		return false
	}
	if whole <= int64(k+1)*unitSize && !e.endsInEntry(t) {
		e.resume = from
	}
	pos := 0 // where a line begins
	for {
		i := p.anchor.index(t.data[pos:])
		if i < 0 {
			return true
		}
		start := pos + lastNewline(t.data[pos:pos+i]) + 1
		line, next := t.data[start:], len(t.data)
		if nl := bytes.IndexByte(t.data[pos+i:], '\n'); nl >= 0 {
			next = pos + i + nl + 1
			line = t.data[start : next-1]
		}
		c, sec, ok := e.plain(line, false)
		if !ok || isGlued(line) {
			return false
		}
		if p.table[c] != no {
			e.test(p, p.rest, s, ref{off: t.base + int64(start), class: c, head: line, text: line, sec: sec})
		}
		pos = next
	}
}

// test adds a row that may match, if it passes what is left to test.
func (e *evaluator) test(p *plan, rest node, s *segment, r ref) {
	if rest != nil && p.table[r.class] != yes {
		sub := &e.sub // on the heap, but only once
		*sub = subject{class: r.class, kind: r.kind(), text: r.text, now: p.now, back: -1}
		if r.sec != 0 {
			sub.at = time.Unix(r.sec, 0).UTC()
		}
		if p.runs > 0 {
			sub.back = p.back(Pos{gen: s.gen, off: r.off + 1})
		}
		if !rest.match(sub) {
			return
		}
	}
	e.refs = append(e.refs, r)
}

// endsInEntry reports whether nothing can continue the last row of t.
func (e *evaluator) endsInEntry(t text) bool {
	data := bytes.TrimSuffix(t.data, []byte{'\n'})
	_, _, ok := e.plain(data[lastNewline(data)+1:], false)
	return ok
}

// goesOn reports whether the last row of t, a whole unit, goes on in the next.
func (e *evaluator) goesOn(s *segment, t text) bool {
	whole, _ := s.sizes()
	if t.end() >= whole || t.cut || len(t.data) == 0 || e.endsInEntry(t) {
		return false
	}
	var buf [512]byte
	line, _, _ := bytes.Cut(buf[:s.readAt(buf[:], t.end())], []byte{'\n'})
	line, _ = trimLine(line, false)
	if _, _, ok := e.plain(line, true); ok {
		return false
	}
	switch rawShape(line) {
	case shapePanic, shapeEntry:
		return false
	default:
		return true
	}
}

func (r *ref) kind() Kind {
	if r.class.isEntry() {
		return KindEntry
	}
	return KindRaw
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
	if from > u.first && int(from-u.first) > 0 {
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
		if open && p.table[row.class] != no {
			e.test(p, p.root, s, row)
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
		if !c.isHead() {
			if open {
				row.folded++
				row.text = t.data[int(row.off-t.base) : next-1 : next-1]
			}
			at = next
			continue
		}
		flush()
		if !c.isEntry() {
			e.resume = t.base + int64(at)
		} else {
			e.resume = u.end
		}
		if p.table[c] != no || p.timed {
			row = e.begin(s, t, at, line, c, cut)
			sec = e.timeOf(p, s, &row, sec)
			open = true
		}
		at = next
	}
	if open && !row.class.isEntry() && !t.cut {
		e.finishRow(s, unitOf(u.first)+1, &row)
	}
	flush()
}

// begin makes the row that begins with a line of t.
func (e *evaluator) begin(s *segment, t text, at int, line []byte, c class, cut bool) ref {
	off := t.base + int64(at)
	head, skipped := trimLine(line, off == 0)
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
	if r.class.isEntry() {
		c, sec, ok := e.plain(r.head, true)
		if _ = c; !ok {
			_, sec = e.line(r.head, false)
		}
		r.sec = sec
		return sec
	}
	if before == 0 && p.timed {
		before = e.timeBefore(s, r.off)
	}
	r.sec = before
	return before
}

// timeBefore finds the time of the last entry before an offset, within reach.
func (e *evaluator) timeBefore(s *segment, off int64) int64 {
	const reach = 64 << 10
	from := max(off-reach, 0)
	buf := make([]byte, off-from)
	buf = buf[:s.readAt(buf, from)]
	for len(buf) > 0 {
		nl := bytes.LastIndexByte(buf[:len(buf)-1], '\n')
		line, _ := trimLine(bytes.TrimSuffix(buf[nl+1:], []byte{'\n'}), false)
		if c, sec := e.line(line, false); c.isEntry() && (nl >= 0 || from == 0) {
			return sec
		}
		buf = buf[:nl+1]
	}
	return 0
}

// finishRow adds the lines of the next unit that belong to a row.
func (e *evaluator) finishRow(s *segment, k int, r *ref) {
	whole, _ := s.sizes()
	if k >= unitCount(whole) {
		return
	}
	t := e.next.unit(s, k, 0, whole)
	before := shapeEntry
	if len(t.data) > 0 {
		before = e.shapeBefore(s, t)
	}
	end := 0
	for line := range bytes.Lines(t.data) {
		trimmed, _ := trimLine(bytes.TrimSuffix(line, []byte{'\n'}), false)
		if c, _ := e.line(trimmed, false); c.isEntry() || !continues(before, rawShape(trimmed)) {
			break
		}
		before = rawShape(trimmed)
		end += len(line)
		r.folded++
	}
	if end > 0 {
		joined := append([]byte(nil), r.text...)
		joined = append(append(joined, '\n'), t.data[:end-1]...)
		r.text = joined
	}
}

// lastNewline is bytes.LastIndexByte for '\n', eight bytes at a time.
func lastNewline(s []byte) int {
	const ones, tops, newlines = 0x0101010101010101, 0x8080808080808080, 0x0a0a0a0a0a0a0a0a
	end := len(s)
	for ; end >= 8; end -= 8 {
		word := binary.LittleEndian.Uint64(s[end-8:]) ^ newlines
		if (word-ones)&^word&tops != 0 {
			break
		}
	}
	return bytes.LastIndexByte(s[:end], '\n')
}
