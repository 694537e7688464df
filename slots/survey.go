package slots

import (
	"context"
	"time"
)

// The share of the time that reading worktrees may take: more while slots have never
// been looked at, or were just heard of.
const (
	restUrgent = 10  // times as long as the reading took
	restIdle   = 500 // for looking again without a reason
)

// surveys decides whose worktree is read next, and has it read: one at a time, by a
// goroutine of its own, so that no snapshot waits for a disk.
type surveys struct {
	read  WorkFunc
	every time.Duration // between two looks at one slot without a reason
	todo  chan Slot
	done  chan surveyed
	timer *time.Timer // until the next may be read
	seen  map[string]look

	next    Slot // to be read, if ready
	ready   bool
	busy    bool      // one is being read
	resting bool      // but for what is urgent, from hurry on
	hurry   time.Time // see resting
}

// look is when a slot was last read, and whether there is news of it since.
type look struct {
	at   time.Time
	news bool
}

type surveyed struct {
	slot string
	work *Work
	took time.Duration
}

func newSurveys(every time.Duration) *surveys {
	s := &surveys{every: every, todo: make(chan Slot), done: make(chan surveyed), seen: map[string]look{}}
	s.timer = time.NewTimer(every)
	return s
}

// run reads what it is asked to until ctx ends.
func (s *surveys) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case slot := <-s.todo:
			began := time.Now()
			w := s.read(ctx, slot)
			select {
			case s.done <- surveyed{slot.Name, &w, time.Since(began)}:
			case <-ctx.Done():
				return
			}
		}
	}
}

// setDirs takes note of the slots that have news, and forgets those that are gone.
func (s *surveys) setDirs(was, is map[string]directory) {
	for name, d := range is {
		if old, ok := was[name]; ok && old.seen != d.seen {
			s.seen[name] = look{at: s.seen[name].at, news: true}
		}
	}
	for name := range s.seen {
		if _, ok := is[name]; !ok {
			delete(s.seen, name)
		}
	}
}

// choose picks the slot that waits longest for a look: first those never seen or with
// news, which are urgent.
func (s *surveys) choose(dirs map[string]directory, now time.Time) (best string, found, urgent bool) {
	for name := range dirs {
		l := s.seen[name]
		hot := l.at.IsZero() || l.news
		if !hot && now.Sub(l.at) < s.every {
			continue
		}
		if !found || hot && !urgent || hot == urgent && l.at.Before(s.seen[best].at) {
			best, found, urgent = name, true, hot
		}
	}
	return best, found, urgent
}

// ask is where the next slot to be read goes; nil if there is none.
func (s *surveys) ask() chan<- Slot {
	if s.ready {
		return s.todo
	}
	return nil
}

func (s *surveys) asked() {
	s.ready, s.busy = false, true
}

// rest takes note of a reading and lets time pass in proportion to it.
func (s *surveys) rest(d surveyed, now time.Time) {
	old := s.seen[d.slot]
	rest := restIdle * d.took
	if old.at.IsZero() || old.news {
		rest = restUrgent * d.took
	}
	s.seen[d.slot] = look{at: now}
	s.busy, s.resting, s.hurry = false, true, now.Add(restUrgent*d.took)
	s.timer.Reset(rest)
}

func (s *surveys) rested() {
	s.resting = false
}

// survey prepares the next reading if it is time for one.
func (f *follower) survey() {
	s := f.surveys
	if s.read == nil || s.ready || s.busy || f.waiting {
		return
	}
	now := time.Now()
	name, ok, urgent := s.choose(f.board.dirs, now)
	if ok && (!s.resting || urgent && !now.Before(s.hurry)) {
		s.next, s.ready = f.board.slot(name), true
	}
}
