package hub

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
)

// Check reports what would keep Run from starting, and touches nothing:
// ErrStaleClaudeWorktrees, ErrSeedPrecondition or ErrRunning.
func (h *Hub) Check(ctx context.Context) error {
	_, err := (&running{hub: h, dir: h.dir, set: h.set}).gates(ctx)
	return err
}

// Locked is closed when the hub holds the workspace's lock: from then on no other
// hub can come up.
func (h *Hub) Locked() <-chan struct{} { return h.locked }

// Conn is the hub's own in-process NATS connection, nil unless the hub is ready.
// It is closed when the hub ends.
func (h *Hub) Conn() *nats.Conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.run == nil {
		return nil
	}
	return h.run.conn
}

// Ready is closed when both services answer and their URLs are recorded.
func (h *Hub) Ready() <-chan struct{} { return h.ready }

// Done is closed when Run has returned.
func (h *Hub) Done() <-chan struct{} { return h.done }

// Run brings the hub up, serves until ctx is cancelled, Shutdown is called or a
// service fails, and drains. It may be called once. The error is nil after a
// clean stop, a *StartError if the hub did not come up, ErrRunning if the
// workspace has a hub already, ErrDrainTimeout if the drain was cut.
func (h *Hub) Run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if !h.begin(cancel) {
		return errors.New("hub: run: called twice")
	}
	defer func() { h.finish(err) }()
	r := &running{hub: h, dir: h.dir, set: h.set}
	if err := r.bringUp(ctx); err != nil {
		// Nobody needs a hub that was called off, a first one that does not come up, or one that
		// a keeper has started although there is another.
		asked := ctx.Err() != nil || !h.heir || h.revived && errors.Is(err, ErrRunning)
		cancel()
		if asked {
			h.tenancy().retire() // whoever kills a slow release means it
		}
		return errors.Join(err, r.release(), h.leave(asked))
	}
	h.becomeReady(r)
	<-r.ctx.Done()
	asked := h.beginDrain(ctx)
	r.log.Lifecycle(LevelInfo, "hub: stopping")
	h.awaitCall()
	if asked && !h.goesOn() {
		h.tenancy().retire()
	}
	return errors.Join(r.release(), h.leave(asked))
}

func (h *Hub) begin(cancel context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel != nil {
		return false
	}
	h.cancel = cancel
	h.phase, h.since = PhaseStarting, time.Now()
	return true
}

func (h *Hub) becomeReady(r *running) {
	h.mu.Lock()
	h.run = r
	h.phase, h.step = PhaseReady, ""
	h.mu.Unlock()
	r.ready = true
	close(h.ready)
	h.tenancy().tellReady()
}

// beginDrain notes that the end has begun, and reports whether it was asked for.
func (h *Hub) beginDrain(ctx context.Context) (asked bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.phase, h.step = PhaseDraining, ""
	return ctx.Err() != nil
}

func (h *Hub) finish(err error) {
	h.mu.Lock()
	if err == nil && h.next != nil && h.next.moved {
		err = ErrMoved
	}
	h.err, h.run = err, nil
	h.phase, h.step = PhaseStopped, ""
	if err != nil && !errors.Is(err, ErrMoved) {
		h.phase = PhaseFailed
	}
	h.mu.Unlock()
	close(h.done)
}
