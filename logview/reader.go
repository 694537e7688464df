package logview

import (
	"bytes"
)

// reader loads pieces of segments into a buffer that it reuses.
type reader struct {
	space []byte // begins with a page
	buf   []byte // the part of it that is in use
}

// unit loads the lines that begin in unit k at or after from and before limit,
// which is the end of a line. The last line is loaded to its end if it is not
// longer than maxLine.
func (r *reader) unit(s *segment, k int, from, limit int64) text {
	start, stop := max(int64(k)*unitSize, from), min(int64(k+1)*unitSize, limit)
	skip := int64(0)
	if start > from && start > 0 {
		skip = 1 // the newline before tells that a line begins at start
	}
	if start >= stop {
		return text{base: start}
	}
	origin := start - skip
	r.fill(s, origin, int(min(stop+unitSlack, limit)-origin))
	first, end := 0, min(int(stop-origin), len(r.buf))
	if skip == 1 {
		first = bytes.IndexByte(r.buf[:end], '\n') + 1
		if first == 0 || first == end {
			return text{base: stop}
		}
	}
	whole := end == first || r.buf[end-1] == '\n'
	if !whole {
		nl := bytes.IndexByte(r.buf[end:], '\n')
		whole = nl >= 0
		end += nl + 1
	}
	if !whole {
		end = len(r.buf)
	}
	r.buf = r.buf[:end]
	t := text{data: r.buf[first:], base: origin + int64(first)}
	if !whole && t.end() < limit {
		r.finishLine(s, &t, limit)
	}
	return t
}

// fill reads n bytes at off. They come to lie in their page where they do in the file:
// the kernel copies in a third of the time then.
func (r *reader) fill(s *segment, off int64, n int) {
	const page, spare = 4 << 10, 64 << 10
	at := int(off % page)
	if cap(r.buf) > cap(r.space) { // a long line has moved
		r.space = r.buf[:0]
	}
	if cap(r.space) < at+n {
		r.space = make([]byte, 0, page+n+spare)
	}
	r.buf = r.space[at : at+n]
	r.buf = r.buf[:s.readAt(r.buf, off)]
}

// finishLine extends t, which lies at the end of the buffer, to the end of its
// last line.
func (r *reader) finishLine(s *segment, t *text, limit int64) {
	lead := len(r.buf) - len(t.data)
	begin := bytes.LastIndexByte(t.data, '\n') + 1
	for step := 4 << 10; ; step *= 2 {
		old := len(r.buf)
		n := int(min(int64(step), limit-t.end(), int64(begin+maxLine-len(t.data))))
		if n <= 0 {
			t.cut = t.end() < limit
			return
		}
		if cap(r.buf) < old+n {
			r.buf = append(make([]byte, 0, 2*(old+n)), r.buf...)
		}
		got := s.readAt(r.buf[old:old+n], t.base+int64(len(t.data)))
		r.buf = r.buf[:old+got]
		nl := bytes.IndexByte(r.buf[old:], '\n')
		if nl >= 0 {
			r.buf = r.buf[:old+nl+1]
		}
		t.data = r.buf[lead:]
		if nl >= 0 || got < n {
			return
		}
	}
}
