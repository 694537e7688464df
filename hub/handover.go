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
// new process. The error is a *TakeOverError then. It matches ErrNotRunning if the hub, or
// the one that was to follow it, has been told to stop: then there is none.
func (h *Hub) HandOver(ctx context.Context) error {
	return h.handOver(ctx, h.childSettings(false))
}

// errChanging is returned to who asks for a change while another is under way.
var errChanging = errors.New("hub: hand over: another hand-over or restart is under way")

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
	case err == nil:
		return fmt.Errorf("hub: hand over: the new process was told to stop: %w", ErrNotRunning)
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
	t, run := h.tenure, h.run
	switch {
	case h.called != nil || h.next != nil || h.parked:
		h.mu.Unlock()
		return nil, errChanging
	case h.phase != PhaseReady || h.stop:
		h.mu.Unlock()
		return nil, fmt.Errorf("hub: hand over: %w", ErrNotRunning)
	}
	called := make(chan struct{})
	h.called = called
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.called = nil
		h.mu.Unlock()
		close(called)
	}()
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(run.ctx, cancel)() // a hub that ends calls nobody
	e, err := h.call(within, t, settings)
	h.mu.Lock()
	late := h.phase != PhaseReady || h.stop || h.parked
	if err == nil && !late {
		h.next = e
	}
	h.mu.Unlock()
	switch {
	case late: // it has ended meanwhile, or was told to
		if err == nil {
			e.process.Kill()
		}
		return nil, fmt.Errorf("hub: hand over: %w", ErrNotRunning)
	case err != nil:
		return nil, err
	}
	h.at("heir")
	// A full disk is no reason to stop here: the heir records itself, and is found by its locks.
	_ = errors.Join(h.dir.WritePID(e.process.PID), h.dir.RecordHolder(e.process.PID))
	h.at("recorded")
	return e, nil
}

// awaitCall waits until no heir is being started, nor ended because it was too late.
func (h *Hub) awaitCall() {
	h.mu.Lock()
	called := h.called
	h.mu.Unlock()
	if called != nil {
		<-called
	}
}

// stopAll ends the hub, and the heir that stands by to follow it.
func (h *Hub) stopAll(cut bool) {
	h.mu.Lock()
	h.stop = true
	next := h.next
	h.mu.Unlock()
	if next != nil {
		next.process.Stop() // it passes on, to this hub too, that nobody shall follow
	}
	h.interrupt(cut)
}
