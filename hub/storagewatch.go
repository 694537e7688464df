package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bones-tui/hub/internal/storage"
	"bones-tui/hub/natsd"
)

// switchOffWithin is how long JetStream may take to end. What a stalled disk makes it wait
// for goes on behind it.
const switchOffWithin = time.Second

// hold opens the state directory, so that the hub's records go to that one and no other.
// The lock must be held: it is the first of what is watched.
func (r *running) hold(context.Context) error {
	held, err := r.dir.Hold()
	if err != nil {
		return err
	}
	r.onRelease("hold", func(context.Context) error { return held.Close() })
	whole, lose := context.WithCancelCause(r.ctx)
	r.onRelease("whole", func(context.Context) error { lose(nil); return nil })
	r.held, r.whole, r.lose = held, whole, lose
	if err := r.watchDirectory("the state directory", r.dir.State, held.Open); err != nil {
		return err
	}
	return r.watchFile(r.dir.LockFile(), held.StatLock)
}

// watchFile adds a file that is open elsewhere to what is watched.
func (r *running) watchFile(path string, look func() (fs.FileInfo, error)) error {
	info, err := look()
	if err != nil {
		return err
	}
	r.watched = append(r.watched, storage.Thing{Name: "the file", Path: path, Info: info})
	return nil
}

// watchDirectory adds a directory to what is watched, and keeps it open.
func (r *running) watchDirectory(name, path string, open func() (*os.File, error)) error {
	f, err := open()
	if err != nil {
		return err
	}
	r.onRelease("watched directory", func(context.Context) error { return f.Close() })
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r.watched = append(r.watched, storage.Thing{Name: name, Path: path, Info: info, File: f})
	return nil
}

// watchStorage has the hub notice when what it holds is no longer what its paths lead to.
func (r *running) watchStorage(context.Context) error {
	coord := r.dir.Coord()
	err := r.watchFile(r.dir.Fossil(), r.held.StatFossil)
	for _, below := range [][]string{nil, {natsd.StoreName}} {
		err = errors.Join(err, r.watchDirectory("the JetStream store", filepath.Join(append([]string{coord}, below...)...),
			func() (*os.File, error) { return r.held.OpenCoord(below...) }))
	}
	if err != nil {
		return err
	}
	r.spawn("storage watch", func(ctx context.Context) error {
		storage.Watch(ctx, r.watched, r.loseStorage)
		return nil
	})
	return nil
}

// loseStorage has the hub refuse everything: what it took would be written to where nobody
// finds it. It tells so when nothing is acknowledged any more.
func (r *running) loseStorage(why string) {
	r.log.Stay()
	r.repo.SetRefusing(why)
	r.lose(errLost)
	ctx, cancel := context.WithTimeout(context.Background(), switchOffWithin)
	defer cancel()
	ended, err := bounded(ctx, r.nats.SwitchOff)
	r.loss.Store(&loss{why: why, at: time.Now()})
	_ = r.log.Log(LogEntry{
		Level: LevelError, Event: EventError, Err: why,
		Msg: fmt.Sprintf("hub: the storage is lost; NATS and Fossil refuse everything from now on (pid %d)", os.Getpid()),
	})
	if !ended || err != nil {
		r.log.Lifecycle(LevelError, "hub: JetStream does not end (%v)", err)
	}
	r.spawn("succession", r.awaitSuccession)
}

// successionPoll is how often a hub without its storage looks who has its place.
const successionPoll = time.Second

// awaitSuccession ends a hub that has lost its storage once another one has the workspace:
// nothing would lead to it any more, not even the registry.
func (r *running) awaitSuccession(ctx context.Context) error {
	tick := time.NewTicker(successionPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if pid, ok := runningPID(r.dir); ok && pid != os.Getpid() {
			r.log.Lifecycle(LevelWarn, "hub: process %d is the hub of %s now; this one, without its storage, ends", pid, r.dir.Root)
			r.hub.interrupt(false)
			return nil
		}
	}
}

// whileHeld is a part of the hub that ends, without a word, when the storage is lost: it
// works by paths.
func (r *running) whileHeld(part func(context.Context) error) func(context.Context) error {
	return func(context.Context) error {
		if err := part(r.whole); r.whole.Err() == nil {
			return err
		}
		return nil
	}
}
