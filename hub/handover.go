package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// HandOver replaces this hub by a detached one on the same ports. Its clients
// reconnect by themselves; what was acknowledged stays. The other process is there, and
// has checked everything, before this hub begins to drain; nobody else can take the
// workspace at any moment. When it returns nil, Run has returned and the new hub is ready.
//
// An error before the drain has changed nothing. Once it drains there is no way back: a
// ctx that ends then, or a drain that leaves something behind, ends the wait and not the
// new process. The error is a *TakeOverError then.
func (h *Hub) HandOver(ctx context.Context) error {
	return h.handOver(ctx, h.childSettings(false))
}

func (h *Hub) handOver(ctx context.Context, settings json.RawMessage) error {
	e, err := h.beginHandOver(ctx, settings)
	if err != nil {
		return err
	}
	err = h.end(ctx, false)
	switch {
	case h.lockKept():
		return &TakeOverError{PID: e.process.PID, Err: err}
	case errors.Is(err, ErrMoved):
		return nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return &TakeOverError{PID: e.process.PID, Err: err}
	default:
		return err
	}
}

// beginHandOver has an heir stand by and makes it the recorded hub. The next end of Run
// is its beginning.
func (h *Hub) beginHandOver(ctx context.Context, settings json.RawMessage) (*heir, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("hub: hand over: %w", err)
	}
	h.mu.Lock()
	if h.run != nil && h.run.loss.Load() != nil {
		h.mu.Unlock()
		return nil, fmt.Errorf("hub: hand over: %w", errLost)
	}
	t, ready := h.tenure, h.phase == PhaseReady && !h.calling && h.next == nil && !h.parked
	h.calling = h.calling || ready
	h.mu.Unlock()
	if !ready {
		return nil, fmt.Errorf("hub: hand over: %w", ErrNotRunning)
	}
	e, err := h.call(ctx, t, settings)
	h.mu.Lock()
	h.calling = false
	late := err == nil && h.phase != PhaseReady
	if err == nil && !late {
		h.next = e
	}
	h.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case late: // it was told to stop meanwhile
		e.process.Kill()
		return nil, fmt.Errorf("hub: hand over: %w", ErrNotRunning)
	}
	// A full disk is no reason to stop here: the heir records itself, and is found by its locks.
	_ = h.dir.WritePID(e.process.PID)
	return e, nil
}
