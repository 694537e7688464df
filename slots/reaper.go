package slots

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// reapEvery is how often a Reaper looks.
const reapEvery = 30 * time.Second

// Logger takes one line of text at a time, without a prefix or a line end.
type Logger interface {
	Infof(format string, args ...any)
	Warnf(format string, args ...any)
}

// Reaper ends the expired sessions of this host while the hub runs, including those
// that the bucket evicted by itself. It is for the hub alone.
type Reaper struct {
	Root  string
	Conn  *nats.Conn
	Clean CleanFunc // nil: every worktree that is not empty holds work
	Log   Logger
}

// Run looks every 30 s until ctx ends, and returns ctx's error; any other only if
// this host has no name. A session is reaped when both its own word and Run's own
// unbroken observation of it are older than ExpiredAfter, no process of its pid file
// lives, and nobody renewed it in the meantime. Its record is deleted, its worktree
// is saved if it is not clean and then removed, unless something in it changed within
// ExpiredAfter; a line goes to swarm-events.jsonl and one to Log.
func (r *Reaper) Run(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("slots: name this host: %w", err)
	}
	start := time.Now()
	l := newLedger(instant{wall: start.Round(0)})
	tick := time.NewTicker(reapEvery)
	defer tick.Stop()
	for {
		now := time.Now()
		r.look(ctx, l, host, instant{wall: now.Round(0), mono: now.Sub(start)})
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look reads the sessions once and reaps what is due.
func (r *Reaper) look(ctx context.Context, l *ledger, host string, at instant) {
	records, _, err := readBucket(ctx, r.Conn, BucketSessions)
	if err != nil {
		first := l.reset()
		if first && ctx.Err() == nil && !errors.Is(err, jetstream.ErrBucketNotFound) {
			r.Log.Warnf("ttl watcher: list sessions: %v", err)
		}
		return
	}
	if l.observe(records, at) {
		r.Log.Warnf("ttl watcher: the clock jumped; no slot is reaped for %v", ExpiredAfter)
	}
	for _, s := range l.expired(at) {
		if s.Host == host {
			r.reap(ctx, l, s, at)
		} else if l.tell(s.name) {
			r.Log.Warnf("ttl watcher: skip cross-host slot %s (owner=%s, age=%v)", s.name, s.Host, s.age(at))
		}
	}
}

// age returns how long ago the session was renewed, in whole seconds.
func (s sighting) age(at instant) time.Duration {
	return at.wall.Sub(s.LastRenewed).Truncate(time.Second)
}

// reap ends one session.
func (r *Reaper) reap(ctx context.Context, l *ledger, s sighting, at instant) {
	d := bonesdir.At(r.Root)
	if ValidName(s.name) && (directory{}).refresh(d.Slot(s.name)).alive {
		return // at work after all; the next look asks again
	}
	err := r.deleteRecord(ctx, s)
	switch {
	case errors.Is(err, errRenewed):
		return // the next look sees it
	case err != nil:
		r.Log.Warnf("ttl watcher: drop session of slot %s: %v", s.name, err)
		return
	}
	l.forget(s.name)
	r.Log.Infof("reaped stale slot %s (ttl exceeded by %v)", s.name, s.age(at)-ExpiredAfter)
	event := SlotEvent{At: at.wall, Event: SlotReap, Slot: s.name, TaskID: s.TaskID, AgentID: s.AgentID, Host: s.Host, Result: ResultReaped}
	if err := event.AppendTo(d.SwarmEvents()); err != nil {
		r.Log.Warnf("ttl watcher: %v", err)
	}
	if ValidName(s.name) {
		r.clearTree(ctx, d, s.name, at.wall)
	}
}

// errRenewed says that a session changed under the reaper.
var errRenewed = errors.New("renewed")

// deleteRecord deletes the session's record in the revision that was seen. One that
// is gone already is as good.
func (r *Reaper) deleteRecord(ctx context.Context, s sighting) error {
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	kv, err := bind(ctx, r.Conn, BucketSessions)
	if err != nil {
		return err
	}
	e, err := kv.Get(ctx, s.name)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return nil
	case err != nil:
		return err
	case e.Revision() != s.rev:
		return errRenewed
	}
	err = kv.Delete(ctx, s.name, jetstream.LastRevision(s.rev))
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return errRenewed
	}
	return err
}

// clearTree saves and removes a reaped slot's worktree.
func (r *Reaper) clearTree(ctx context.Context, d bonesdir.Dir, name string, now time.Time) {
	tree := filepath.Join(d.Slot(name), bonesdir.SlotTree)
	err := checkDir(d, name)
	var changed time.Time
	if err == nil {
		changed, err = newest(tree)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return
	case err == nil && now.Sub(changed) <= ExpiredAfter:
		r.Log.Infof("worktree of slot %s stays: it is being worked in", name)
		return
	}
	work := false
	if err == nil {
		work, err = hasWork(ctx, d.Slot(name), r.Clean, false)
	}
	if work && err == nil {
		var saved string
		if saved, err = saveTree(d, name, now, false); saved != "" {
			r.Log.Infof("worktree of slot %s saved to %s", name, saved)
		}
	}
	if err == nil {
		err = os.RemoveAll(tree)
	}
	if err != nil {
		r.Log.Warnf("ttl watcher: remove worktree of slot %s: %v", name, err)
	}
}

// newest returns when the last change below dir was.
func newest(dir string) (time.Time, error) {
	var last time.Time
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error { //nolint:forbidigo // it follows no link, and checkDir has looked at dir
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return err
	})
	return last, err
}
