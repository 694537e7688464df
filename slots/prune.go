package slots

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// Pruned is what a prune did.
type Pruned struct {
	Removed []string          // slots whose directory is gone, sorted
	Saved   map[string]string // slot -> where its worktree went; the clone is beside it, as .fossil
}

// Pruner removes the directories of slots that are over.
type Pruner struct {
	Root  string
	Conn  *nats.Conn
	Clean CleanFunc        // nil: every clone, and every worktree that is not empty, holds work
	Now   func() time.Time // nil: time.Now
}

// Prune removes the directory of every slot whose process is gone and whose session
// is gone, or expired both by its own word and by when it was written. A directory
// without a pid stays: it may be just being made, or keep a closed slot's log.
//
// The worktree of a slot that is not clean is moved to the recovery directory first, and
// with it the slot's clone, which may hold check-ins that were never pushed; the clone
// alone if the worktree is gone. A slot that
// cannot be saved or removed stays and is part of the error. If sessions cannot be
// read nothing is touched; neither if their bucket does not exist, for that says
// nothing about the slots.
func (p Pruner) Prune(ctx context.Context) (Pruned, error) {
	done := Pruned{Saved: map[string]string{}}
	d := bonesdir.At(p.Root)
	dirs, err := scan(d, nil)
	if err != nil {
		return done, err
	}
	kv, err := bind(ctx, p.Conn, BucketSessions)
	if err != nil {
		return done, err
	}
	var failed []error
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		if ctx.Err() != nil {
			failed = append(failed, ctx.Err())
			break
		}
		saved, err := p.remove(ctx, kv, d, name)
		if saved != "" {
			done.Saved[name] = saved
		}
		switch {
		case err == nil:
			done.Removed = append(done.Removed, name)
		case !errors.Is(err, errHeld):
			failed = append(failed, fmt.Errorf("slots: prune %s: %w", name, err))
		}
	}
	return done, errors.Join(failed...)
}

// remove removes one slot's directory and returns where its work was saved, if any.
func (p Pruner) remove(ctx context.Context, kv jetstream.KeyValue, d bonesdir.Dir, name string) (string, error) {
	if err := p.over(ctx, kv, d, name); err != nil {
		return "", err
	}
	if err := checkDir(d, name); err != nil {
		return "", err
	}
	work, err := hasWork(ctx, d.Slot(name), p.Clean, true)
	if err != nil {
		return "", err
	}
	// Looking at the worktree may take long, and an agent may have come back.
	if err := p.over(ctx, kv, d, name); err != nil {
		return "", err
	}
	saved := ""
	if work {
		if saved, err = saveTree(d, name, p.now(), true); err != nil {
			return saved, err
		}
	}
	return saved, os.RemoveAll(d.Slot(name))
}

// errHeld says that a slot is not over, or not known to be.
var errHeld = errors.New("held")

// over returns nil if neither a process nor a session stands for the slot.
func (p Pruner) over(ctx context.Context, kv jetstream.KeyValue, d bonesdir.Dir, name string) error {
	if dir := (directory{}).refresh(d.Slot(name)); dir.pid == 0 || dir.alive {
		return errHeld
	}
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	e, err := kv.Get(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound), errors.Is(err, jetstream.ErrInvalidKey):
		return nil // a name that is no key has no session
	case err != nil:
		return fmt.Errorf("read session: %w", err)
	}
	now, l := p.now(), newLease(newRecord(e), p.now())
	if age(l.renewed, now) > ExpiredAfter && age(e.Created(), now) > ExpiredAfter {
		return nil
	}
	return errHeld
}

func (p Pruner) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}
