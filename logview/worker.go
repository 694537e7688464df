package logview

import (
	"runtime"
)

// worker takes jobs until the log is closed. A spare one leaves its processor to those
// who read rows, as the screen waits for them.
func (l *Log) worker(spare bool) {
	e := &evaluator{}
	for worked := false; ; worked = true {
		run, ok := l.next(worked, spare)
		if !ok {
			return
		}
		run(e)
		l.trim()
		runtime.Gosched() // keep the screen's goroutine from waiting
	}
}

// next waits for a job: for the newest view first, the index last. The caller
// may just have done one.
func (l *Log) next(worked, spare bool) (run func(*evaluator), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if worked {
		l.progressedLocked()
	}
	for {
		if l.closed {
			return nil, false
		}
		if spare && l.readers > 0 {
			l.work.Wait()
			continue
		}
		for _, v := range l.views {
			if run, ok := v.take(l.segs); ok {
				return run, true
			}
		}
		if run, ok := l.takeIndex(); ok {
			return run, true
		}
		if l.progress {
			l.announceLocked()
		}
		l.work.Wait()
	}
}

// takeIndex returns the newest unit that is not indexed.
func (l *Log) takeIndex() (run func(*evaluator), ok bool) {
	if l.o.NoIndex {
		return nil, false
	}
	for i := len(l.segs) - 1; i >= 0; i-- {
		s := l.segs[i]
		if k, ok := s.nextUnindexed(); ok {
			return func(e *evaluator) {
				e.index(s, k)
				s.release(k)
			}, true
		}
	}
	return nil, false
}
