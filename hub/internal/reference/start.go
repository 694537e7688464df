//go:build unix

package reference

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir"
)

// ErrRunning is returned where hub.pid names a live process. The reference takes that
// for success without another look, and so does Verb.
var ErrRunning = errors.New("reference: already running")

// Outcome is how far a start came.
type Outcome uint8

// The outcomes.
const (
	Failed  Outcome = iota // it ended with an error before it removed anything
	Running                // hub.pid names a live process; nothing was touched
	Locked                 // the start lock is held; nothing was removed
	Started                // it got the lock, and so removed slots and repository
)

// String returns the outcome as a word.
func (o Outcome) String() string {
	switch o {
	case Running:
		return "running"
	case Locked:
		return "locked"
	case Started:
		return "started"
	case Failed:
	}
	return "failed"
}

// Verb does what a verb of the reference does before its own work: if hub.pid names no
// live process it starts a hub, which empties the workspace. The hub is of this process
// and ends at once. An error beside Started says how far it came. Whether a hub that is
// there answers is not asked: one that does not is not touched either.
//
// Many may be under way in one process: the lock excludes them from each other. That
// hub.lock.pid names "another" process is then seen from the one process of all.
func Verb(ctx context.Context, root string) (Outcome, error) {
	if alive(readPID(bonesdir.At(root).PIDFile())) {
		return Running, nil
	}
	s, err := begin(ctx, root)
	switch {
	case errors.Is(err, ErrRunning):
		return Running, nil
	case errors.Is(err, ErrLockHeld):
		return Locked, nil
	case err != nil:
		return Failed, err
	}
	h, err := s.hub(ctx, ports{})
	err = errors.Join(err, s.lock.release()) // the parent of a detached hub lets go once it is ready
	if h != nil {
		err = errors.Join(err, h.shutdown())
	}
	return Started, err
}

// start is one that has the lock and may go on.
type start struct {
	dir  bonesdir.Dir
	lock *startLock
}

// begin does what comes before anything is removed.
func begin(ctx context.Context, root string) (*start, error) {
	d := bonesdir.At(root)
	if err := prepare(d); err != nil {
		return nil, err
	}
	lock, err := takeLock(d)
	if err != nil {
		return nil, err
	}
	if err := checkSeedable(ctx, d); err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return &start{dir: d, lock: lock}, nil
}

// prepare passes the gate, makes the state directory and looks at hub.pid.
func prepare(d bonesdir.Dir) error {
	trees, err := filepath.Glob(filepath.Join(d.Root, ".claude", "worktrees", "agent-*"))
	if err != nil || len(trees) > 0 {
		return fmt.Errorf("reference: worktrees of agents are left: %q", trees)
	}
	if info, err := os.Stat(d.Root); err != nil {
		return fmt.Errorf("reference: look at root: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("reference: %s is no directory", d.Root)
	}
	if err := os.MkdirAll(d.State, 0o755); err != nil {
		return fmt.Errorf("reference: make state directory: %w", err)
	}
	if err := os.RemoveAll(filepath.Join(d.State, "pids")); err != nil {
		return fmt.Errorf("reference: remove old pids: %w", err)
	}
	if alive(readPID(d.PIDFile())) {
		return ErrRunning
	}
	return nil
}

// hub removes dead slots, settles the ports and brings up the hub in this process.
func (s *start) hub(ctx context.Context, wanted ports) (*hub, error) {
	p, err := s.settle(wanted)
	if err != nil {
		return nil, err
	}
	return bringUp(ctx, s.dir, p)
}

// settle does what the parent of a hub does with the lock: slots, then ports.
func (s *start) settle(wanted ports) (ports, error) {
	_ = pruneSlots(s.dir) // as good as it goes
	return resolvePorts(s.dir, wanted)
}
