package hub

import (
	"errors"
	"fmt"
	"os"
)

// Successor returns a hub for the same workspace that goes on where this one has ended,
// by a Shutdown WithRestart, be it with an error. It must be run, or LetGo be called. The
// error matches ErrNotRunning unless Run has returned and left the workspace to it.
func (h *Hub) Successor(opts ...Option) (*Hub, error) {
	n, err := New(h.dir.Root, opts...)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.parked || !h.ended() {
		return nil, fmt.Errorf("hub: restart: %w", ErrNotRunning)
	}
	n.tenure, n.heir, h.parked = h.tenure, true, false
	return n, nil
}

// Parked reports whether a Successor is being waited for.
func (h *Hub) Parked() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.parked && h.ended()
}

// ended reports whether Run has returned. The caller holds mu.
func (h *Hub) ended() bool { return h.phase == PhaseStopped || h.phase == PhaseFailed }

// LetGo ends a restart that nobody goes on with: the workspace is free then. It waits for
// the end of Run.
func (h *Hub) LetGo() error {
	h.mu.Lock()
	draining := h.parked && !h.ended()
	h.mu.Unlock()
	if draining {
		<-h.done
	}
	h.mu.Lock()
	t, parked := h.tenure, h.parked
	h.parked = false
	h.mu.Unlock()
	if !parked {
		return nil
	}
	return errors.Join(h.forget(t, os.Getpid()), t.end())
}

// park has the hub that is ready leave the workspace to a Successor. One that has lost its
// storage has nothing to leave.
func (h *Hub) park() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.canPark() {
		h.parked = true // a second one hurries the first
	}
}

// mayPark reports whether park would leave the workspace to a Successor now.
func (h *Hub) mayPark() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.canPark() && !h.parked
}

// canPark is asked with mu held.
func (h *Hub) canPark() bool {
	return h.phase == PhaseReady && h.next == nil && h.run.loss.Load() == nil
}

// goesOn reports whether another hub takes the place of this one without a gap.
func (h *Hub) goesOn() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.parked || h.next != nil
}

// leave settles who has the workspace after Run. Unless the end was asked for that is the
// keeper, which starts a hub again.
func (h *Hub) leave(asked bool) error {
	t := h.tenancy()
	h.mu.Lock()
	next, kept := h.next, h.kept
	h.parked = h.parked && asked && !kept
	parked := h.parked
	h.mu.Unlock()
	switch {
	case kept: // until the process ends
		return nil
	case next != nil:
		return h.handOn(t, next)
	case parked:
		return nil
	case asked: // a hub that has not come up may have followed one that has left its records
		return errors.Join(h.forget(t, os.Getpid(), t.losses.pid), t.end())
	default:
		return t.pass(false)
	}
}
