package logview

import (
	"os"
	"sync"
	"time"

	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/row"
)

const (
	// unitSize is the grid on which a file is read, indexed and filtered: a
	// line belongs to the unit in which it begins. One unit takes well under a
	// millisecond, so work yields and stops in time.
	unitSize = 128 << 10
	// unitSlack is read beyond a unit; it nearly always holds the end of its
	// last line.
	unitSlack = 1 << 10
	// maxLine is how much of a line is looked at.
	maxLine = 1 << 20
	// lookback is how far before a unit the rows that reach into it begin.
	lookback = 4 << 10
)

// segment is one generation of the log: a file from its creation on, whatever
// its name is by now. Its lines are addressed by their offset in it.
type segment struct {
	gen    int64
	file   *os.File
	info   os.FileInfo // identity
	notice string      // what is missing before its first line
	recent *recent     // takes the problems that are indexed
	budget *budget     // pays for the class bytes

	mu      sync.Mutex
	name    string // base name now; "" once deleted
	size    int64  // bytes seen
	whole   int64  // end of the last complete line
	grownAt time.Time
	touched time.Time // modification time of the file
	begins  []byte    // the first bytes, to notice that they have changed
	units   []unit
	counts  [row.Kinds]int64 // rows by class
	lines   int64
	lastSec int64 // time of the last entry indexed at the end

	lastStart int64 // where the last run indexed began, plus one; 0: none
	low       int   // units below have not been taken for indexing yet
	top       int   // units from here on are still growing
}

// unit is what the index keeps of one unit: a byte per line and little more.
type unit struct {
	classes []row.Class
	first   int64 // offset of the first line
	end     int64 // everything before is indexed; 0: nothing is
	rows    int32
	last    lines.Shape // of the last line
	busy    bool        // somebody is indexing it
	start   int64       // the last start of a run, plus one; 0: none
	thin    bool        // the classes have been given up
	untimed bool        // it begins with raw rows of which nobody knows the time
	minSec  int64       // of its rows; 0, 0 if none has a time
	maxSec  int64
}

// sizes returns how much of the segment is known to be there.
func (s *segment) sizes() (whole, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.whole, s.size
}

// unitCount is the number of units that complete lines begin in.
func unitCount(whole int64) int { return int((whole + unitSize - 1) / unitSize) }

// unitOf is the unit that a line at off belongs to.
func unitOf(off int64) int { return int(off / unitSize) }

// isDone reports whether the unit is indexed as far as there are whole lines.
func (u *unit) isDone(k int, whole int64) bool {
	return u.end >= min(int64(k+1)*unitSize, whole)
}

// unit returns what is known of unit k.
func (s *segment) unit(k int) unit {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k < len(s.units) {
		return s.units[k]
	}
	return unit{}
}

// readAt fills buf from off on and returns how much there was. A file that
// shrinks or goes away under us just ends earlier.
func (s *segment) readAt(buf []byte, off int64) int {
	n := 0
	for n < len(buf) {
		m, err := s.file.ReadAt(buf[n:], off+int64(n))
		n += m
		if err != nil || m == 0 {
			break
		}
	}
	return n
}

// nextUnindexed reserves the newest unit with lines that are not indexed.
func (s *segment) nextUnindexed() (k int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := unitCount(s.whole)
	for len(s.units) < n {
		s.units = append(s.units, unit{})
	}
	for k := s.top; k < n; k++ {
		if s.reserveLocked(k) {
			return k, true
		}
		if k == s.top && s.units[k].end >= int64(k+1)*unitSize {
			s.top++
		}
	}
	for s.low > 0 {
		s.low--
		if s.reserveLocked(s.low) {
			return s.low, true
		}
	}
	return 0, false
}

func (s *segment) reserveLocked(k int) bool {
	u := &s.units[k]
	if u.busy || u.isDone(k, s.whole) {
		return false
	}
	u.busy = true
	return true
}

// release ends a reservation.
func (s *segment) release(k int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.units[k].busy = false
}

// progress returns the lines indexed so far, the rows among them by class, and
// whether that is all.
func (s *segment) progress() (lines int64, rows [row.Kinds]int64, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := unitCount(s.whole)
	complete = len(s.units) >= n
	for k := 0; complete && k < n; k++ {
		complete = s.units[k].isDone(k, s.whole)
	}
	return s.lines, s.counts, complete
}

// contextUnits is how many units away neighbours are looked for: far enough for any number
// of them in lines of an ordinary length, and not too far for lines of a megabyte.
const contextUnits = 64
