package tui

import (
	"time"

	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// alarm is something that has just gone wrong.
type alarm struct {
	at   time.Time
	text safe.Text
}

// alarmLog remembers what has been alarmed about, so that no state is alarmed about
// twice: it must end first.
type alarmLog struct {
	past   []alarm // oldest first
	unseen int     // since the list was opened last
	unrung bool    // the bell has not rung for the last one
	rung   time.Time

	seeded bool                 // the slots that were stale from the start are known
	stale  map[string]time.Time // slots alarmed about, by the renewal that was the last
	named  time.Time            // when slots were alarmed about

	counts []cells.Sample // of lines of level ERROR, over the last minute
	burst  bool

	disk   disk
	looked time.Time // at the disk
	low    bool

	lost   bool
	lostAt time.Time // when it was alarmed about
}

// disk is how much is free; known is false if nobody can tell.
type disk struct {
	free  uint64
	known bool
}

// count takes the number of errors at a time. What was there from the start is no
// burst, and when old files go there are fewer.
func (a *alarmLog) count(n int64, now time.Time) {
	if len(a.counts) > 0 && float64(n) < a.counts[len(a.counts)-1].Count {
		a.counts = nil
	}
	a.counts = append(a.counts, cells.Sample{Count: float64(n), At: now})
	a.forget(now)
}

// forget drops the counts that are older than a minute, except the last of them,
// from which the minute is counted.
func (a *alarmLog) forget(now time.Time) {
	for len(a.counts) > 1 && !a.counts[1].At.After(now.Add(-burstWindow)) {
		a.counts = a.counts[1:]
	}
}

// recent is how many errors there were in the last minute.
func (a *alarmLog) recent(now time.Time) int {
	a.forget(now)
	if len(a.counts) == 0 {
		return 0
	}
	return int(a.counts[len(a.counts)-1].Count - a.counts[0].Count)
}

// record puts an alarm on the list.
func (a *alarmLog) record(text string, now time.Time) {
	a.past = append(a.past, alarm{now, cells.Clean(text)})
	a.past = a.past[max(0, len(a.past)-maxAlarms):]
	a.unseen++
	a.unrung = true
}

// Limits of alarms.
const (
	maxAlarms   = 200
	burstWindow = time.Minute
	ringPause   = 5 * time.Second  // between two rings of the bell
	stalePause  = 10 * time.Second // gathers slots that turn stale together
	diskEvery   = 10 * time.Second
	lostPause   = 30 * time.Second // for a hub that comes and goes
)
