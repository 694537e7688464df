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
	low   int // units below have not been taken yet
	top   int // units from here on have not been taken yet
	sum   tally
	tail  tail
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
	counted
)

// tail is where counting goes on in the last unit of a segment.
type tail struct {
	unit   int
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
		p = &part{low: n, top: n}
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

// take returns the next unit to count, the newest first; segs is in the order
// of time.
func (s *scan) take(segs []*segment) (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(segs) - 1; i >= 0; i-- {
		p, whole := s.partLocked(segs[i])
		if k, ok := p.nextLocked(whole); ok {
			return s.startLocked(segs[i], p, k), true
		}
	}
	return job{}, false
}

func (p *part) nextLocked(whole int64) (int, bool) {
	for k := p.tail.unit; k < len(p.units); k++ {
		isNew := k >= p.top
		if isNew {
			p.top = k + 1
		}
		state := p.units[k].state
		if (isNew && state == pending || state == counted) && !p.isFresh(k, whole) {
			return k, true
		}
	}
	for p.low > 0 {
		p.low--
		if p.units[p.low].state == pending {
			return p.low, true
		}
	}
	return 0, false
}

func (s *scan) startLocked(seg *segment, p *part, k int) job {
	j := job{seg: seg, unit: k, epoch: s.epoch, again: p.units[k].end > 0, was: p.units[k].state}
	if c := &p.units[k]; c.state == counted && p.tail.unit == k {
		j.from, j.open = p.tail.resume, p.tail.open
	}
	p.units[k].state = counting
	return j
}

// claim returns how many rows of a unit match, or, if that is not known, a job
// to find out, which must be finished. It waits for a unit that somebody else
// is counting.
func (s *scan) claim(seg *segment, k int) (n int, j job, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		p, whole := s.partLocked(seg)
		if k >= len(p.units) {
			return 0, job{}, true
		}
		if p.isFresh(k, whole) {
			return int(p.units[k].tally().sum()), job{}, true
		}
		if p.units[k].state != counting {
			return 0, s.startLocked(seg, p, k), false
		}
		s.freed.Wait()
	}
}

// finish stores what a job has found: the matching rows, and those of them
// that have to be counted again once there is more. Under a plan it may have
// the unit before counted again too. It returns false for a job of before the
// last restart, whose result is dropped.
func (s *scan) finish(j job, found, open tally, e *evaluator, p *plan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.freed.Broadcast()
	part := s.parts[j.seg]
	if part == nil || j.epoch != s.epoch {
		return false
	}
	c := &part.units[j.unit]
	old := c.tally()
	if j.from > 0 {
		found = found.plus(old, 1).plus(j.open, -1)
	}
	part.sum = part.sum.plus(found, 1).plus(old, -1)
	c.state, c.end = counted, e.limit
	for l, n := range found {
		c.rows[l] = uint32(n)
	}
	if j.unit >= part.tail.unit {
		u := j.seg.unit(j.unit)
		if p != nil {
			part.reachBack(j.unit, &u, !j.again, p)
		}
		part.tail = tail{unit: j.unit, resume: e.resume, open: open, rows: u.rows}
	}
	return true
}

// abandon gives back a job that was not done to its end.
func (s *scan) abandon(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.freed.Broadcast()
	part := s.parts[j.seg]
	if part == nil || j.epoch != s.epoch {
		return
	}
	part.units[j.unit].state = j.was
	if j.was == pending {
		part.low = max(part.low, j.unit+1)
	}
}

// reachBack has the unit before counted again if what was added to unit k
// changes its last rows: lines that continue them, or new neighbours.
func (p *part) reachBack(k int, u *unit, first bool, pl *plan) {
	if k == 0 || p.units[k-1].state != counted {
		return
	}
	continued := len(u.classes) > 0 && !u.classes[0].isHead() && (first || p.tail.rows == 0)
	if continued || pl.context > 0 {
		p.units[k-1].state = pending
		p.low = max(p.low, k)
	}
}

// done reports whether every whole line has been counted, and the rows that
// match by level.
func (s *scan) done(segs []*segment) (sum tally, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	complete = true
	for _, seg := range segs {
		p, whole := s.partLocked(seg)
		for k := 0; complete && k < len(p.units); k++ {
			complete = p.units[k].state == counted && (k < p.tail.unit || p.isFresh(k, whole))
		}
		sum = sum.plus(p.sum, 1)
	}
	return sum, complete
}

// restart forgets everything that was counted.
func (s *scan) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	s.parts = map[*segment]*part{}
	s.freed.Broadcast()
}

// forget drops segments that are gone.
func (s *scan) forget(keep func(*segment) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for seg := range s.parts {
		if !keep(seg) {
			delete(s.parts, seg)
		}
	}
}
