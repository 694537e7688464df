package logview

import (
	"bytes"
	"time"
)

// fingerprint is how many first bytes tell a file from its replacement.
const fingerprint = 1 << 10

// growth is what a look at a segment's file has found.
type growth uint8

const (
	same growth = iota
	grown
	replaced // what was there is gone: truncated, and maybe written again
)

// init takes in what the file holds when it is opened.
func (s *segment) init(now time.Time) {
	s.grow(now)
	s.grownAt = time.Time{} // what was there before us is not new
	s.units = make([]unit, unitCount(s.whole))
	s.top = max(len(s.units)-1, 0)
	s.low = s.top
}

// grow looks for more bytes in the file.
func (s *segment) grow(now time.Time) growth {
	info, err := s.file.Stat()
	if err != nil {
		return same
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	size, touched := info.Size(), !info.ModTime().Equal(s.touched)
	s.touched = info.ModTime()
	switch {
	case size < s.size, touched && !s.beginsLocked():
		return replaced
	case size == s.size:
		return same
	}
	s.whole = s.lastLineLocked(size)
	s.size = size
	s.grownAt = now
	return grown
}

// beginsLocked reports whether the file still begins as it did, and remembers
// more of its beginning.
func (s *segment) beginsLocked() bool {
	if len(s.begins) == fingerprint {
		// The whole beginning was compared while it grew; a glance is enough.
		var few [64]byte
		n := s.readAt(few[:], 0)
		return bytes.Equal(few[:n], s.begins[:n])
	}
	buf := make([]byte, fingerprint)
	buf = buf[:s.readAt(buf, 0)]
	if !bytes.HasPrefix(buf, s.begins) {
		return false
	}
	s.begins = buf
	return true
}

// lastLineLocked finds the end of the last complete line among the bytes that
// are new up to size.
func (s *segment) lastLineLocked(size int64) int64 {
	const step = 64 << 10
	buf := make([]byte, min(size-s.size, step))
	for end := size; end > s.size; {
		from := max(end-step, s.size)
		n := s.readAt(buf[:end-from], from)
		if nl := bytes.LastIndexByte(buf[:n], '\n'); nl >= 0 {
			return from + int64(nl) + 1
		}
		end = from
	}
	return s.whole
}

// isCopyOf reports whether the file is so far a copy of the beginning of
// another.
func (s *segment) isCopyOf(other *segment) bool {
	const step = 64 << 10
	_, size := s.sizes()
	if _, most := other.sizes(); size > most {
		return false
	}
	mine, theirs := make([]byte, step), make([]byte, step)
	for at := int64(0); at < size; at += step {
		n := min(step, size-at)
		if s.readAt(mine[:n], at) < int(n) || other.readAt(theirs[:n], at) < int(n) || !bytes.Equal(mine[:n], theirs[:n]) {
			return false
		}
	}
	return true
}

// rename gives the segment the name that its file has now.
func (s *segment) rename(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name = name
}

// successor is the segment of the same file after its content was replaced.
func (s *segment) successor(now time.Time) *segment {
	next := &segment{
		gen: s.gen + 1, file: s.file, info: s.info, recent: s.recent, budget: s.budget, name: s.baseName(),
		notice: s.baseName() + " was truncated; the lines before are gone",
	}
	next.init(now)
	return next
}
