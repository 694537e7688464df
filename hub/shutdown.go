package hub

import (
	"context"
	"errors"
	"os"

	"bones-tui/slots"
)

// Shutdown stops the hub and waits until Run has returned or ctx ends. Without
// WithForce it first asks whether slots are active; if so it changes nothing and
// returns an *ActiveSlotsError, or an *UnsavedError if it alone has what was lost. A forced Shutdown also shortens a drain that is
// already under way. A restart under way, before there is a Successor, is called off.
// One that could not come up is refused with what Check would say.
func (h *Hub) Shutdown(ctx context.Context, opts ...StopOption) error {
	o := resolveStop(opts)
	if err := h.guard(ctx, o.force); err != nil {
		return err
	}
	if !o.restart {
		return h.endForGood(ctx, o.force)
	}
	if h.mayPark() {
		if err := mayFollow(ctx, h.dir, o.reseed); err != nil {
			return err
		}
	}
	h.park()
	return h.end(ctx, o.force)
}

// Drain stops the hub with the full drain and without asking for active slots,
// and waits until Run has returned or ctx ends. It is for those who have no
// choice, such as a process that was told to end.
func (h *Hub) Drain(ctx context.Context) error { return h.endForGood(ctx, false) }

func (h *Hub) end(ctx context.Context, force bool) error {
	if !h.interrupt(force) {
		return nil
	}
	select {
	case <-h.done:
		return h.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endForGood is end that also calls off a restart under way.
func (h *Hub) endForGood(ctx context.Context, force bool) error {
	err := h.end(ctx, force)
	if h.Parked() {
		err = errors.Join(err, h.LetGo())
	}
	return err
}

// interrupt ends Run, and reports whether there is a Run to end.
func (h *Hub) interrupt(force bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel == nil {
		return false
	}
	h.cancel()
	if force {
		select {
		case <-h.cut:
		default:
			close(h.cut)
		}
	}
	return true
}

// guard refuses a polite stop while slots are active, or while nobody else has what was lost.
func (h *Hub) guard(ctx context.Context, force bool) error {
	h.mu.Lock()
	r := h.run
	h.mu.Unlock()
	if force || r == nil {
		return nil
	}
	if why := r.unsaved.Load(); why != nil {
		return &UnsavedError{LostError{Root: h.dir.Root, PID: os.Getpid(), Why: *why}}
	}
	if r.loss.Load() != nil { // it serves no slot
		return nil
	}
	return refusal(slots.Live(ctx, h.dir.Root, r.conn))
}
