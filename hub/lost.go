package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// errLost is why a hub that has lost its storage ends what it does there, and is returned
// where it would have to pass that on.
var errLost = errors.New("its storage is lost")

// LostError says that there is a hub which has lost its storage and accepts nothing.
type LostError struct {
	Root string
	PID  int
	Why  string
}

// Error is one line: where, what, and the way out.
func (e *LostError) Error() string {
	return fmt.Sprintf("hub: %s: process %d is the hub and accepts nothing: %s; bones-tui hub restart replaces it", e.Root, e.PID, e.Why)
}

// Unwrap returns what it is a case of.
func (e *LostError) Unwrap() error { return errLost }

// UnsavedError says that a hub which has lost its storage is the only one that has what its
// repository held, so that it is not ended.
type UnsavedError struct{ LostError }

// Error is one line: where, what, and the way out.
func (e *UnsavedError) Error() string {
	return fmt.Sprintf("hub: %s: process %d is the only one that has what the repository held: %s; once that is mended it saves it within seconds, and --force gives it up", e.Root, e.PID, e.Why)
}

// Lost returns the status of a hub of the workspace at root that runs on although its
// directory is no longer there, or is another one now: it accepts nothing any more, and
// nothing in the directory leads to it. ok is false if there is none that answers.
func Lost(ctx context.Context, root string) (st Status, ok bool) {
	return lostHub(ctx, bonesdir.AtDefault(root).Root)
}

// lostHub asks the process that the registry names for the workspace.
func lostHub(ctx context.Context, root string) (st Status, ok bool) {
	home, err := os.UserHomeDir()
	if err != nil {
		return st, false
	}
	row, err := registry.Read(home, root)
	url := bonesdir.Loopback("nats", row.NATSURL)
	if err != nil || url == "" || !proc.StartedBefore(row.HubPID, row.StartedAt) {
		return st, false
	}
	nc, err := nats.Connect(url, nats.Timeout(answerPatience), nats.NoReconnect())
	if err != nil {
		return st, false
	}
	defer nc.Close()
	st, err = askLoss(ctx, nc)
	return st, err == nil && st.PID == row.HubPID && st.Root == root && st.Lost != ""
}

// askLoss asks a hub for its status.
func askLoss(ctx context.Context, nc *nats.Conn) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	st, _, err := AskStatus(ctx, nc)
	return st, err
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
