package logview

import (
	"bytes"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/row"
)

// indexer fills in units. Each worker has its own.
type indexer struct {
	reader
	lines.Classifier
	around  []byte // scratch for looking back
	classes []row.Class
}

// index brings unit k up to date with the whole lines that the segment holds,
// and returns it. If loaded, t is all of the unit's text, in the reader.
func (x *indexer) index(s *segment, k int) (u unit, t text, loaded bool) {
	for {
		u, whole := s.unitFor(k)
		if u.isDone(k, whole) {
			if u.thin {
				u, t = x.reclassify(s, k, u)
			}
			return u, t, u.thin
		}
		begin := u.end
		t = x.unit(s, k, begin, whole)
		if begin == 0 {
			u.first = t.base
			x.lookBack(s, &u, t)
		}
		added := x.extend(s, &u, t)
		u.end = t.end()
		if t.cut || len(t.data) == 0 {
			u.end = min(int64(k+1)*unitSize, whole)
		}
		if s.commit(k, &u, begin, x.classes, added) {
			s.recent.note(&x.Classifier, x.classes, s.gen, t, u.maxSec)
			return u, t, begin == 0
		}
	}
}

// lookBack notes what the lines before unit u, whose text is t, mean for its
// first rows if they are raw: what they continue, and their time.
func (x *indexer) lookBack(s *segment, u *unit, t text) {
	line, _, _ := bytes.Cut(t.data, []byte{'\n'})
	if _, _, ok := x.Plain(line, t.cut); ok || len(t.data) == 0 {
		return
	}
	u.last = x.shapeBefore(s, t)
	if sec := x.timeBefore(s, t.base); sec != 0 {
		u.span(sec)
	} else {
		u.untimed = true
	}
}

// unitFor returns unit k, made if it is not there yet, and the end of the last
// whole line.
func (s *segment) unitFor(k int) (u unit, whole int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.units) <= k {
		s.units = append(s.units, unit{})
	}
	return s.units[k], s.whole
}

// extend classifies the lines of t, which come next in a unit, into x.classes
// and updates the facts about the unit. It counts the added rows by class.
func (x *indexer) extend(s *segment, u *unit, t text) (added [row.Kinds]int64) {
	x.classes = x.classes[:0]
	entries := 0
	for at := 0; at < len(t.data); {
		line := t.data[at:]
		c, sec, known := x.Begins(line)
		next := len(line)
		if nl := bytes.IndexByte(line[known:], '\n'); nl >= 0 {
			line, next = line[:known+nl], known+nl+1
		}
		if known > 0 && lines.IsWhole(line, known, false) {
			u.last = lines.Entry
		} else {
			cut := t.cut && at+next == len(t.data)
			if cut && line[0] == 0 {
				line, _ = s.afterZeros(t.base + int64(at))
				cut = len(line) == maxLine
			}
			c, sec = x.unusual(u, line, t.base+int64(at) == 0, cut)
		}
		if c.IsEntry() {
			entries++
			u.span(sec)
		}
		if c.IsHead() {
			added[c&(row.Kinds-1)]++
			u.rows++
		}
		if c&row.RunStart != 0 {
			u.start = t.base + int64(at) + 1
		}
		x.classes = append(x.classes, c)
		at += next
	}
	if bytes.Count(t.data, []byte{'}'}) != entries {
		x.recheck(u, t, &added)
	}
	return added
}

// unusual classifies a line that is not in plain form, and as part of the row
// before it if it continues that.
func (x *indexer) unusual(u *unit, line []byte, first, cut bool) (row.Class, int64) {
	line, _ = lines.Trim(line, first)
	c, sec := x.Line(line, cut)
	if c.IsEntry() {
		u.last = lines.Entry
		return c, sec
	}
	before := u.last
	u.last = lines.ShapeOf(line)
	if lines.Continues(before, u.last) {
		return c | row.Continued, 0
	}
	if u.last.IsTrace() {
		c |= row.Class(hublog.LevelError)
	}
	return c, 0
}

// recheck looks for lines of t that only look plain: they have a brace inside,
// and are more than one object. They become raw lines.
func (x *indexer) recheck(u *unit, t text, added *[row.Kinds]int64) {
	before := lines.Entry
	i := 0
	for line := range bytes.SplitSeq(t.data, []byte{'\n'}) {
		if i == len(x.classes) {
			break
		}
		c := x.classes[i]
		if c.IsEntry() && c&row.Odd == 0 && len(line) > 1 && lines.IsGlued(bytes.TrimSuffix(line, []byte{'\r'})) {
			now := row.Class(hublog.LevelInfo)
			added[c&(row.Kinds-1)]--
			added[now]++
			x.classes[i] = now
			before = lines.Text
			if i == len(x.classes)-1 {
				u.last = lines.Text
			}
		} else if before == lines.Text && !c.IsEntry() {
			before = x.refold(u, i, line, before, added)
		} else {
			before = lines.Entry
		}
		i++
	}
}

// refold decides again whether line i continues the row before, after the line
// before turned out to be raw.
func (x *indexer) refold(u *unit, i int, line []byte, before lines.Shape, added *[row.Kinds]int64) lines.Shape {
	line, _ = lines.Trim(line, false)
	shape := lines.ShapeOf(line)
	if c := x.classes[i]; c.IsHead() && lines.Continues(before, shape) {
		added[c&(row.Kinds-1)]--
		u.rows--
		x.classes[i] = row.Class(hublog.LevelInfo) | row.Continued
	}
	return shape
}

func (u *unit) span(sec int64) {
	if u.minSec == 0 && u.maxSec == 0 {
		u.minSec, u.maxSec = sec, sec
	}
	u.minSec, u.maxSec = min(u.minSec, sec), max(u.maxSec, sec)
}

// commit stores a unit with more classes, unless somebody else has added to it
// since it ended at begin.
func (s *segment) commit(k int, u *unit, begin int64, classes []row.Class, added [row.Kinds]int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := &s.units[k]
	if old.end != begin {
		return false
	}
	// Readers hold the old slice: append only writes past its end.
	if old.classes == nil {
		old.classes = make([]row.Class, 0, len(classes))
		s.budget.left.Add(-int64(cap(old.classes)))
	}
	u.classes, u.busy = append(old.classes, classes...), old.busy
	s.budget.left.Add(int64(cap(old.classes) - cap(u.classes)))
	s.lines += int64(len(classes))
	for c, n := range added {
		s.counts[c] += n
	}
	if u.end == s.whole && u.maxSec != 0 {
		s.lastSec = u.maxSec
	}
	s.lastStart = max(s.lastStart, u.start)
	*old = *u
	return true
}

// shapeBefore finds the shape of the line before t, which begins a unit. It is
// that of an entry, so that nothing continues it, if the row before reaches
// back further than the lookback.
func (x *indexer) shapeBefore(s *segment, t text) lines.Shape {
	from := max(t.base-lookback, 0)
	if cap(x.around) < lookback {
		x.around = make([]byte, lookback)
	}
	window := x.around[:s.readAt(x.around[:t.base-from], from)]
	if from > 0 {
		nl := bytes.IndexByte(window, '\n')
		window = window[nl+1:]
		if nl < 0 {
			return lines.Entry
		}
	}
	before, began := lines.Entry, from == 0
	for line := range bytes.Lines(window) {
		line, _ = lines.Trim(bytes.TrimSuffix(line, []byte{'\n'}), false)
		c, _ := x.Line(line, false)
		if c.IsEntry() && (c&row.Odd != 0 || !lines.IsGlued(line)) {
			before, began = lines.Entry, true
			continue
		}
		shape := lines.ShapeOf(line)
		began = began || shape == lines.Panic || shape == lines.Text && before != lines.Panic
		before = shape
	}
	if !began {
		return lines.Entry
	}
	return before
}

// timeBefore finds the time of the last entry before an offset, within reach. That
// begins at the same place for all rows of a unit, so that it is no matter from which
// of them on a unit is read.
func (x *indexer) timeBefore(s *segment, off int64) int64 {
	const reach, most = 64 << 10, 8 << 10
	from := max(int64(unitOf(off))*unitSize-reach, 0)
	if near := off - most; near > from {
		if sec := x.lastTime(s, near, off); sec != 0 {
			return sec
		}
	}
	return x.lastTime(s, from, off)
}

// lastTime finds the time of the last entry that lies between two offsets.
func (x *indexer) lastTime(s *segment, from, off int64) int64 {
	buf := make([]byte, off-from)
	buf = buf[:s.readAt(buf, from)]
	for len(buf) > 0 {
		nl := bytes.LastIndexByte(buf[:len(buf)-1], '\n')
		line, _ := lines.Trim(bytes.TrimSuffix(buf[nl+1:], []byte{'\n'}), false)
		if c, sec := x.Line(line, false); c.IsEntry() && (nl >= 0 || from == 0) {
			return sec
		}
		buf = buf[:nl+1]
	}
	return 0
}

// reclassify returns a thin unit with its class bytes, which are good until
// the next call, and its text.
func (x *indexer) reclassify(s *segment, k int, u unit) (unit, text) {
	whole, _ := s.sizes()
	t := x.unit(s, k, u.first, whole)
	again := unit{}
	x.lookBack(s, &again, t)
	x.extend(s, &again, t)
	u.classes = x.classes
	return u, t
}
