// Package alarms remembers what has gone wrong, so that no state is alarmed about twice: it must
// end first.
package alarms

import (
	"time"

	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
	"bones-tui/tui/internal/slotspane"
)

// alarm is something that has just gone wrong.
type alarm struct {
	at   time.Time
	text safe.Text
}

// Limits are when the operator is called.
type Limits struct {
	Errors int    // lines of level ERROR within a minute
	Disk   uint64 // bytes that should be free; 0: whatever
}

// Log is what has been alarmed about.
type Log struct {
	notice *notice.Line
	limits Limits

	past   []alarm // oldest first
	unseen int     // since the list was opened last
	unrung bool    // the bell has not rung for the last one
	rung   time.Time

	seeded bool                 // the slots that were stale from the start are known
	stale  map[string]time.Time // slots alarmed about, by the renewal that was the last
	named  time.Time            // when slots were alarmed about

	counts []cells.Sample // of lines of level ERROR, over the last minute
	burst  bool

	disk   Disk
	looked time.Time // at the disk
	low    bool

	lost   bool
	lostAt time.Time // when it was alarmed about
}

// Disk is how much is free; Known is false if nobody can tell.
type Disk struct {
	Free  uint64
	Known bool
}

// New alarms about nothing yet. It tells of alarms on a line, too.
func New(n *notice.Line, l Limits) Log { return Log{notice: n, limits: l} }

// Unseen is how many alarms there were since the list was opened last.
func (a *Log) Unseen() int { return a.unseen }

// Counting reports whether it is known how many errors the log has.
func (a *Log) Counting() bool { return len(a.counts) > 0 }

// SetDisk takes how much is free.
func (a *Log) SetDisk(d Disk) { a.disk = d }

// LookAtDisk reports whether it is time to look at the disk, which is then taken to be done.
func (a *Log) LookAtDisk(now time.Time) bool {
	if a.limits.Disk == 0 || now.Sub(a.looked) < diskEvery {
		return false
	}
	a.looked = now
	return true
}

// Ring reports whether the bell is to ring now, which is then taken to be done.
func (a *Log) Ring(now time.Time) bool {
	if !a.unrung || now.Sub(a.rung) < ringPause {
		return false
	}
	a.unrung, a.rung = false, now
	return true
}

// Look looks at everything that can be an alarm but the hub: at the slots, if they are known.
func (a *Log) Look(rows []*slotspane.Row, known bool, now time.Time) {
	if known {
		a.lookAtSlots(rows, now)
	}
	a.lookAtErrors(now)
	a.lookAtDisk(now)
}

// Count takes the number of errors at a time. What was there from the start is no
// burst, and when old files go there are fewer.
func (a *Log) Count(n int64, now time.Time) {
	if len(a.counts) > 0 && float64(n) < a.counts[len(a.counts)-1].Count {
		a.counts = nil
	}
	a.counts = append(a.counts, cells.Sample{Count: float64(n), At: now})
	a.forget(now)
}

// forget drops the counts that are older than a minute, except the last of them,
// from which the minute is counted.
func (a *Log) forget(now time.Time) {
	for len(a.counts) > 1 && !a.counts[1].At.After(now.Add(-burstWindow)) {
		a.counts = a.counts[1:]
	}
}

// recent is how many errors there were in the last minute.
func (a *Log) recent(now time.Time) int {
	a.forget(now)
	if len(a.counts) == 0 {
		return 0
	}
	return int(a.counts[len(a.counts)-1].Count - a.counts[0].Count)
}

// record puts an alarm on the list.
func (a *Log) record(text string, now time.Time) {
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
