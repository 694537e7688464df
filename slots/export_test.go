package slots

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
)

// Pace is a watcher's pace with the times that tests shorten or silence.
type Pace struct{ Rescan, Relist, Retry time.Duration }

// WatchAt is Watch at another pace.
func WatchAt(root string, nc *nats.Conn, p Pace, opts ...WatchOption) *Watcher {
	at := defaultPace()
	at.rescan, at.relist, at.tasks, at.retry = p.Rescan, p.Relist, p.Relist, p.Retry
	return watch(root, nc, at, opts...)
}

// Looks returns what Run does at each tick, for the clocks to be the test's. The
// first look happens at wall, at zero on the monotonic clock.
func (r *Reaper) Looks(host string, wall time.Time) func(ctx context.Context, wall time.Time, mono time.Duration) {
	l := newLedger(instant{wall: wall})
	return func(ctx context.Context, wall time.Time, mono time.Duration) {
		r.look(ctx, l, host, instant{wall: wall, mono: mono})
	}
}

// LookAt is what a look at a slot's directory makes of its pid file.
func LookAt(path string) (pid int, alive bool) {
	d := directory{}.refresh(path)
	return d.pid, d.alive
}

// Scan returns the slots of the workspace at root that have a directory, sorted by
// name, with what directories alone can tell: no sessions, no tasks.
func Scan(root string) ([]Slot, error) {
	b := newBoard(bonesdir.At(root).Root, hostname())
	dirs, err := scan(bonesdir.At(root), nil)
	if err != nil {
		return nil, err
	}
	b.setDirs(dirs)
	return b.snapshot(), nil
}

// LastLogLine is the newest readable line of a slot's log.
var LastLogLine = lastLogLine
