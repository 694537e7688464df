package logview

import (
	"bytes"
	"os"
	"slices"
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
	s.grow(s.stat(), now)
	s.grownAt = time.Time{} // what was there before us is not new
	s.units = make([]unit, unitCount(s.whole))
	s.top = max(len(s.units)-1, 0)
	s.low = s.top
}

// takeSizes looks for more bytes in all of the segments, which are in the order
// of time. It looks at the newest first and publishes the oldest first: so
// whoever sees a line of one file also sees what was written before it to an
// older one, by a writer that had not noticed the rotation.
func (l *Log) takeSizes(segs []*segment) []growth {
	infos := make([]os.FileInfo, len(segs))
	for i, s := range slices.Backward(segs) {
		infos[i] = s.stat()
	}
	found, now := make([]growth, len(segs)), l.o.Now()
	for i, s := range segs {
		found[i] = s.grow(infos[i], now)
	}
	return found
}

// sizesOf returns up to where each segment can be read. They are in the order
// of time; the newest is asked first, see takeSizes.
func sizesOf(segs []*segment) []int64 {
	limits := make([]int64, len(segs))
	for i, s := range slices.Backward(segs) {
		limits[i], _ = s.sizes()
	}
	return limits
}

// stat returns nil if there is nothing to be known about the file.
func (s *segment) stat() os.FileInfo {
	info, err := s.file.Stat()
	if err != nil {
		return nil
	}
	return info
}

// grow takes in what the file has become.
func (s *segment) grow(info os.FileInfo, now time.Time) growth {
	if info == nil {
		return same
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	size, touched := info.Size(), !info.ModTime().Equal(s.touched)
	if size < s.size || touched && !s.beginsLocked() {
		return replaced
	}
	s.touched = info.ModTime()
	if size == s.size {
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
