package hub

import (
	"context"
	"os"

	"bones-tui/hub/internal/lastrun"
)

// KillNATS ends the hub's NATS server under it.
func KillNATS(h *Hub) {
	h.mu.Lock()
	r := h.run
	h.mu.Unlock()
	_ = r.nats.Close(context.Background())
}

// AtStep has the hub call do when it reaches a step: of the start, or of the end if
// undo is set. An error is the step's.
func AtStep(h *Hub, do func(step string, undo bool) error) { h.fault = do }

// FossilOf is the repository of a hub.
func FossilOf(h *Hub) string { return h.dir.Fossil() }

// Replace is the last step of a reseed.
var Replace = replace

// StartAndWait starts a detached hub and calls up before it waits for its word.
func StartAndWait(ctx context.Context, h *Hub, up func()) error {
	if err := h.dir.Create(); err != nil {
		return err
	}
	c, err := h.spawnChild()
	if err != nil {
		return err
	}
	up()
	return c.awaitReady(ctx)
}

// WithReseed has a hub reseed before it serves.
var WithReseed = withReseed

// RunUntil runs a hub until signals drain it, as a detached one is run.
func RunUntil(h *Hub, signals <-chan os.Signal) error { return h.runUntil(signals) }

// RunChildWith sets how the processes that a hub has started run their own.
func RunChildWith(run func(h *Hub, signals <-chan os.Signal) error) { runChild = run }

// Believe is what a status answer makes of a hub with this pid.
func Believe(data []byte, pid int) (Status, error) { return believe(data, pid) }

// ReadMarks reads a file of marks.
func ReadMarks(path string) error { _, err := lastrun.Read(path); return err }

// ErrChanging is what one gets of a hub that is just changing hands.
var ErrChanging = errChanging

// AskToHandOver asks process pid, which should be the hub of the workspace at root.
func AskToHandOver(ctx context.Context, root string, pid int) error {
	h, err := New(root)
	if err != nil {
		return err
	}
	return h.askToHandOver(ctx, pid)
}
