package hub

import (
	"context"
	"errors"
)

// Start brings up the workspace's hub. It is idempotent: if a hub is live, or
// another process is just bringing one up, it returns nil.
//
// Without WithDetach, Start is the hub: it blocks until ctx is cancelled, then
// drains and returns. With WithDetach(true) it returns once a hub in a process
// of its own is ready; that process outlives the caller.
func Start(ctx context.Context, root string, opts ...Option) error {
	h, err := New(root, opts...)
	if err != nil {
		return err
	}
	run := h.Run
	if h.set.detach {
		run = h.startDetached
	}
	if _, ok := otherPID(h.dir); ok {
		return nil
	}
	if err := run(ctx); !errors.Is(err, ErrRunning) {
		return err
	}
	return nil
}
