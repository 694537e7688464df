package logview

import "sync"

// scan is the progress of a view through the history: how many rows of each
// unit match. Units at the end are counted first and again as they grow, then
// the rest from new to old.
type scan struct {
	mu    sync.Mutex
	freed sync.Cond // a unit is no longer busy
	parts map[*segment]*part
	epoch int // counts restarts; results of an older one are dropped
}

// part is the progress in one segment.
type part struct {
	units []count
	low   int // units below are to be looked at again
	top   int // units from here on have not been taken yet
	last  int // the last unit that has been counted
	grows int // units from here on have grown since the counting began
	sum   tally
	tails map[int]tail // of the units that were not complete when counted
}

// count is what is known of one unit.
type count struct {
	rows  [4]uint32 // that match, by level
	state countState
	end   int64 // rows are counted up to here
}

func (c *count) tally() (t tally) {
	for l, n := range c.rows {
		t[l] = int64(n)
	}
	return t
}

type countState uint8

const (
	pending countState = iota
	counting
	outdated // counting, of lines that have changed meanwhile
	counted
)

// tail is where counting goes on in a unit that grows.
type tail struct {
	resume int64
	open   tally // counted beyond resume, to be counted again
	rows   int32 // of the unit, when it was counted
}

// job is one unit to count.
type job struct {
	seg   *segment
	unit  int
	from  int64 // where a row begins, to add to an older count; 0: from the start
	open  tally // rows of that count that begin at from or later
	again bool  // the unit has been counted before
	was   countState
	epoch int
}

func newScan() *scan {
	s := &scan{parts: map[*segment]*part{}}
	s.freed.L = &s.mu
	return s
}

// partLocked returns the progress in a segment, brought up to its size.
func (s *scan) partLocked(seg *segment) (p *part, whole int64) {
	whole, _ = seg.sizes()
	n := unitCount(whole)
	p = s.parts[seg]
	if p == nil {
		p = &part{low: n, top: n, grows: max(n-1, 0), tails: map[int]tail{}}
		s.parts[seg] = p
	}
	for len(p.units) < n {
		p.units = append(p.units, count{})
	}
	return p, whole
}

// isFresh reports whether unit k is counted as far as there are lines.
func (p *part) isFresh(k int, whole int64) bool {
	return p.units[k].state == counted && p.units[k].end >= min(int64(k+1)*unitSize, whole)
}
