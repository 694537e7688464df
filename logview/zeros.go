package logview

import (
	"bytes"
	"encoding/binary"
)

// A file that is truncated under a writer which does not append goes on at the
// old offset: it begins with zeros, as many as it had bytes, and its first line
// is those zeros and an ordinary line.

// afterZeros returns the line at off without the zeros it begins with, and how
// many there are.
func (s *segment) afterZeros(off int64) (line []byte, zeros int64) {
	const step = 256 << 10
	whole, _ := s.sizes()
	buf := make([]byte, step)
	for at := off; at < whole; at += step {
		n := s.readAt(buf[:min(step, whole-at)], at)
		rest := bytes.TrimLeft(buf[:n], "\x00")
		if len(rest) > 0 {
			start := at + int64(n-len(rest))
			line = make([]byte, min(maxLine, whole-start))
			line = line[:s.readAt(line, start)]
			line, _, _ = bytes.Cut(line, []byte{'\n'})
			return line, start - off
		}
	}
	return nil, whole - off
}

// endsInZeros reports whether the last line of t is cut and begins with zeros.
func (t text) endsInZeros() bool {
	return t.cut && t.data[lastNewline(t.data)+1] == 0
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
