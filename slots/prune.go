package slots

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"bones-tui/hub/bonesdir"

	"github.com/nats-io/nats.go"
)

// CleanFunc reports whether the worktree of the slot in slotDir holds nothing that
// its check-out and the hub do not have. An error counts as no.
type CleanFunc func(ctx context.Context, slotDir string) (bool, error)

// Pruned is what a prune did.
type Pruned struct {
	Removed []string          // slots whose directory is gone, sorted
	Saved   map[string]string // slot -> where its worktree went
}

// Pruner removes the directories of slots that are over.
type Pruner struct {
	Root  string
	Conn  *nats.Conn
	Clean CleanFunc        // nil: every worktree that is not empty holds work
	Now   func() time.Time // nil: time.Now
}

// Prune is the prune of a Pruner without a CleanFunc.
func Prune(ctx context.Context, root string, nc *nats.Conn) (Pruned, error) {
	return Pruner{Root: root, Conn: nc}.Prune(ctx)
}

// Prune removes the directory of every slot whose process is gone and whose session
// is gone, or expired both by its own word and by when it was written. A worktree
// that is not clean is moved to the recovery directory first, in one step, so that
// nothing can be written to it unseen, and with it the slot's clone, which may hold
// check-ins that were never pushed. A slot that cannot be saved or removed stays and
// is part of the error. If sessions cannot be read nothing is touched; neither if
// their bucket does not exist, for that says nothing about the slots.
func (p Pruner) Prune(ctx context.Context) (Pruned, error) {
	done := Pruned{Saved: map[string]string{}}
	d := bonesdir.At(p.Root)
	dirs, err := scan(d, nil)
	if err != nil {
		return done, err
	}
	held, err := p.held(ctx)
	if err != nil {
		return done, err
	}
	var failed []error
	for _, name := range sortedNames(dirs) {
		if dirs[name].alive || held[name] {
			continue
		}
		if ctx.Err() != nil {
			return done, errors.Join(append(failed, ctx.Err())...)
		}
		saved, err := p.remove(ctx, d, name)
		if saved != "" {
			done.Saved[name] = saved
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("slots: prune %s: %w", name, err))
			continue
		}
		done.Removed = append(done.Removed, name)
	}
	return done, errors.Join(failed...)
}

// held returns the slots that a session stands for.
func (p Pruner) held(ctx context.Context) (map[string]bool, error) {
	records, err := readBucket(ctx, p.Conn, BucketSessions)
	if err != nil {
		return nil, err
	}
	now := p.now()
	held := make(map[string]bool, len(records))
	for _, r := range records {
		l := newLease(r, now)
		held[r.key] = !r.deleted && (now.Sub(l.renewed) <= ExpiredAfter || now.Sub(r.written) <= ExpiredAfter)
	}
	return held, nil
}

// remove removes one slot's directory and returns where its work was saved, if any.
func (p Pruner) remove(ctx context.Context, d bonesdir.Dir, name string) (saved string, err error) {
	if saved, err = saveWork(ctx, d, name, p.Clean, p.now(), true); err != nil {
		return saved, err
	}
	return saved, os.RemoveAll(d.Slot(name))
}

func (p Pruner) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

func sortedNames(dirs map[string]directory) []string {
	names := make([]string, 0, len(dirs))
	for name := range dirs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
