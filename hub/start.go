package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/internal/owner"
)

// Start brings up the workspace's hub. It is idempotent: if there is a hub, or another
// process is just bringing one up, it returns nil once that one is ready.
//
// Without WithDetach, Start is the hub: it blocks until ctx is cancelled, then
// drains and returns. With WithDetach(true) it returns once a hub in a process
// of its own is ready; that process outlives the caller.
//
// A hub that is there and does not become ready within a minute is a *SilentError. If it
// cannot be told whether there is one, the error is an *UncertainError and nothing has
// been started.
func Start(ctx context.Context, root string, opts ...Option) error {
	h, err := New(root, opts...)
	if err != nil {
		return err
	}
	for {
		run := h.Run
		if h.set.detach {
			run = h.startDetached
		}
		err := run(ctx)
		if !errors.Is(err, ErrRunning) {
			return err
		}
		if err := AwaitReady(ctx, root); !errors.Is(err, ErrNotRunning) {
			return err
		}
		// Whoever was faster has gone again.
		if h, err = New(root, opts...); err != nil {
			return err
		}
	}
}

// StartDetached starts a hub of the workspace at root in a process of its own and returns
// its pid once it is ready. The error is ErrRunning if there is one already, or if another
// start was faster: AwaitReady waits for that one.
func StartDetached(ctx context.Context, root string, opts ...Option) (pid int, err error) {
	h, err := New(root, append(opts, WithDetach(true))...)
	if err != nil {
		return 0, err
	}
	return h.spawnReady(ctx)
}

// silentAfter is how long a hub that is coming up may take to say that it is ready: it may
// have a large store to recover.
const silentAfter = time.Minute

// answeringAfter is how long a hub whose ports listen may take to answer.
const answeringAfter = 5 * time.Second

// AwaitReady waits until the hub of the workspace at root, which another process runs or
// is bringing up, says that it is ready. It returns ErrNotRunning if there is none, or no
// longer, a *SilentError if it does not answer, and a *LostError if it has lost its storage.
func AwaitReady(ctx context.Context, root string) error {
	h, err := New(root)
	if err != nil {
		return err
	}
	limit := silentAfter
	if v := owner.Whose(h.dir); v.Answer == owner.Held && v.Serving {
		limit = answeringAfter
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	pid, err := awaitServing(within, h.dir)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return &SilentError{Root: h.dir.Root, PID: pid, Waited: limit}
	}
	return err
}

// SilentError says that there is a hub which does not answer.
type SilentError struct {
	Root   string
	PID    int
	Waited time.Duration
}

// Error is one line: where, what, and the way out.
func (e *SilentError) Error() string {
	return fmt.Sprintf("hub: %s: process %d is the hub and has not answered for %s; bones-tui hub restart --force replaces it", e.Root, e.PID, e.Waited)
}
