package hub

import (
	"context"
	"fmt"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
)

// Lost returns the status of a hub of the workspace at root that runs on although its
// directory is no longer there, or is another one now: it accepts nothing any more, and
// nothing in the directory leads to it. ok is false if there is none that answers.
func Lost(ctx context.Context, root string) (st Status, ok bool) {
	return lostHub(ctx, bonesdir.AtDefault(root).Root)
}

// endLost ends a hub that has lost its storage, and returns its pid, 0 if there is none. It has
// nothing that a drain could save, and nothing of it is in the directory.
func endLost(ctx context.Context, d bonesdir.Dir, o stopOptions) (pid int, err error) {
	st, ok := lostHub(ctx, d.Root)
	if !ok {
		return 0, nil
	}
	p, err := proc.Find(st.PID, time.Now())
	if err != nil {
		return 0, nil //nolint:nilerr // it has just ended
	}
	defer func() { _ = p.Release() }()
	if st.Unsaved != "" && !o.force {
		return 0, &UnsavedError{LostError{Root: d.Root, PID: st.PID, Why: st.Unsaved}}
	}
	if again, ok := lostHub(ctx, d.Root); !ok || again.Run != st.Run {
		return 0, nil
	}
	if _, err := p.Terminate(ctx, o.timeout, o.progress, nil); err != nil {
		return 0, fmt.Errorf("%w: pid %d: %w", ErrStillAlive, st.PID, err)
	}
	return st.PID, unregister(d.Root, st.PID)
}
