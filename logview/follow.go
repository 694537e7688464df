package logview

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	checkEvery  = time.Second            // looks at the file although no event came
	repairEvery = 10 * time.Second       // looks at everything although no event came
	pollEvery   = 250 * time.Millisecond // without file events
	gatherFor   = 8 * time.Millisecond   // between two looks while events keep coming
	// From this many events between two looks on, the events cost more than
	// the looks: the watch is taken off for a while.
	busyEvents = 16
	busyLooks  = 32
)

// follow keeps the history up to date until the context ends.
func (l *Log) follow(ctx context.Context) {
	f := &follower{log: l, dir: filepath.Dir(l.path), base: filepath.Base(l.path)}
	defer f.close()
	f.timer = time.NewTimer(0) // the file may have changed since it was opened
	defer f.timer.Stop()
	for ctx.Err() == nil {
		f.step(ctx)
	}
}

// follower is the state of follow.
type follower struct {
	log      *Log
	dir      string
	base     string
	watcher  *fsnotify.Watcher // nil: none to be had
	watched  os.FileInfo       // the directory that is watched; nil: none
	timer    *time.Timer
	last     time.Time // the last look
	repaired time.Time // the last look at everything
	events   int       // since the last look
	busy     int       // looks to come before the watch is put on again; 0: it is on
	late     bool      // a change is waiting for its look
	partial  bool      // an unfinished line is about to be shown
}

// interval is the time to the next look if no event comes.
func (f *follower) interval() time.Duration {
	switch {
	case f.busy > 0 || f.late:
		return gatherFor
	case f.partial:
		return partialAge
	case f.log.o.Poll > 0:
		return f.log.o.Poll
	case f.watched == nil && f.log.isPolling():
		return pollEvery
	default:
		return checkEvery
	}
}

// step waits for one event or for the time to look.
func (f *follower) step(ctx context.Context) {
	var events chan fsnotify.Event
	var errs chan error
	if f.watcher != nil {
		events, errs = f.watcher.Events, f.watcher.Errors
	}
	select {
	case <-ctx.Done():
	case ev := <-events:
		f.event(ev)
	case err := <-errs:
		f.lost(err)
	case <-f.timer.C:
		f.tick()
	}
}

// scope is how much a look takes in.
type scope uint8

const (
	openFiles scope = iota // they may have grown
	directory              // files may have come or gone as well
)

// event looks at once when files come and go and for the first of a series of
// writes; further writes wait for each other.
func (f *follower) event(ev fsnotify.Event) {
	switch {
	case filepath.Clean(ev.Name) == f.dir:
		f.watched = nil
		f.look(directory)
		return
	case !strings.HasPrefix(filepath.Base(ev.Name), f.base):
		return
	case ev.Has(fsnotify.Create | fsnotify.Rename | fsnotify.Remove):
		f.look(directory)
		return
	}
	f.events++
	switch {
	case f.late:
	case time.Since(f.last) >= gatherFor:
		f.look(openFiles)
	default:
		f.late = true
		f.timer.Reset(gatherFor)
	}
}

// tick looks because time has passed. Of a quiet log a glance at the path is
// enough; now and then, or without events, everything is looked at.
func (f *follower) tick() {
	blind := f.watched == nil && f.busy == 0
	moved, touched := f.glance()
	switch quiet := time.Since(f.repaired); {
	case blind, moved, quiet >= repairEvery, f.busy > 0 && quiet >= checkEvery:
		f.look(directory)
	case touched || f.busy > 0 || f.late || f.partial:
		f.look(openFiles)
	default:
		f.settle(openFiles)
		f.timer.Reset(f.interval())
	}
}

// glance reports whether the path leads to another file than before, and
// whether that file has changed.
func (f *follower) glance() (moved, touched bool) {
	info, err := f.log.stat(f.log.path)
	segs := f.log.history()
	if err != nil || len(segs) == 0 {
		return true, false
	}
	s := segs[len(segs)-1]
	s.mu.Lock()
	defer s.mu.Unlock()
	return !os.SameFile(s.info, info), info.Size() != s.size || !info.ModTime().Equal(s.touched)
}

// lost repairs what the watcher has missed, for whatever reason.
func (f *follower) lost(error) { f.look(directory) }

// look takes in what has changed.
func (f *follower) look(s scope) {
	l := f.log
	if replaced := l.grow(); replaced || s == directory {
		f.repaired = time.Now()
		l.refresh()
		l.grow()
	}
	f.settle(s)
	f.last, f.events, f.late = time.Now(), 0, false
	fresh := l.hasFreshPartial()
	if f.partial && !fresh {
		l.bump() // it is shown from now on
	}
	f.partial = fresh
	f.timer.Reset(f.interval())
}

// settle takes the watch off while writes come too fast for it, and puts it on
// the directory when it is missing.
func (f *follower) settle(s scope) {
	switch {
	case f.events >= busyEvents:
		f.unwatch()
		f.busy = busyLooks
	case f.busy > 1:
		f.busy--
	case s == directory || f.watched == nil:
		f.busy = 0
		if f.watch() {
			// Between the look and the watch something may have happened.
			f.log.refresh()
			f.log.grow()
		}
	}
}

// watch watches the directory unless it does already, and reports whether it
// has begun to.
func (f *follower) watch() bool {
	info, err := f.log.stat(f.dir)
	if err != nil || f.log.o.Poll > 0 || f.watched != nil && os.SameFile(f.watched, info) {
		if err != nil {
			f.watched = nil
		}
		return false
	}
	if f.watcher == nil {
		f.watcher, err = fsnotify.NewBufferedWatcher(256)
	}
	if err == nil {
		_ = f.watcher.Remove(f.dir) // it may be another directory of that name
		err = f.watcher.Add(f.dir)
	}
	f.log.setPolling(err != nil)
	if err != nil {
		return false
	}
	f.watched = info
	return true
}

func (f *follower) unwatch() {
	if f.watched != nil {
		_ = f.watcher.Remove(f.dir) // it is gone then in any case
		f.watched = nil
	}
}

func (f *follower) close() {
	if f.watcher != nil {
		_ = f.watcher.Close() // nothing to be done about it
	}
}

// grow looks for more in the open files. It reports whether the content of one
// has been replaced.
func (l *Log) grow() (anew bool) {
	segs := l.history()
	changed := false
	for i, found := range l.takeSizes(segs) {
		switch found {
		case same:
		case grown:
			changed = true
		case replaced:
			s, now := segs[i], l.o.Now()
			segs = slices.Clone(segs)
			segs[i] = s.successor(now)
			s.discard()
			changed, anew = true, true
		}
	}
	if changed {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.setSegmentsLocked(segs)
		l.bumpLocked()
	}
	return anew
}

// hasFreshPartial reports whether there is an unfinished line that is still too
// young to be shown.
func (l *Log) hasFreshPartial() (fresh bool) {
	now := l.o.Now()
	for _, s := range l.history() {
		s.mu.Lock()
		if s.size > s.whole && now.Sub(s.grownAt) < partialAge {
			fresh = true
		}
		s.mu.Unlock()
	}
	return fresh
}

func (l *Log) setPolling(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.polling != on {
		l.polling = on
		l.bumpLocked()
	}
}

func (l *Log) isPolling() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.polling
}
