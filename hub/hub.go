package hub

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// Hub is one hub in this process. Build it with New, run it once with Run.
// All methods are safe for concurrent use.
type Hub struct {
	dir bonesdir.Dir
	set settings

	locked chan struct{}                      // closed when the workspace's lock is ours
	ready  chan struct{}                      // closed when both services answer
	done   chan struct{}                      // closed when Run has returned
	cut    chan struct{}                      // closed by the first forced Shutdown
	fault  func(step string, undo bool) error // nil but in tests

	mu     sync.Mutex
	phase  Phase
	step   string
	since  time.Time
	err    error
	cancel context.CancelFunc // ends Run; nil before it
	run    *running           // what is up; nil before and after

	// Who has the workspace after Run. At most one of the three; without any it is free if the
	// end was asked for, else the keeper's, who starts a hub again.
	next   *heir // a process that stands by, or has taken over
	parked bool  // a Successor in this process
	kept   bool  // nobody: a part of the release goes on, so the locks go only with the process

	called chan struct{} // while an heir is being started; closed when it stands by, or will not
	stop   bool          // a signal has asked for the end of this hub and of its heir

	spare    *owner.Lock // taken in advance for the process that is to be the hub
	runID    string
	reseeded *Reseeded

	tenure  *tenure // what makes the workspace ours
	heir    bool    // the tenure is another hub's, which has ended or is about to: this one must come up
	revived bool    // that hub has died
}

// New validates root and opts and touches nothing. Root is the directory that
// holds, or will hold, .bones; FindRoot finds it.
func New(root string, opts ...Option) (*Hub, error) {
	set, err := resolve(opts)
	if err != nil {
		return nil, err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("hub: open workspace: %w", err)
	}
	if err := checkRoot(root); err != nil {
		return nil, err
	}
	return &Hub{
		dir: bonesdir.At(root), set: set, runID: uuid.NewString(),
		locked: make(chan struct{}), ready: make(chan struct{}), done: make(chan struct{}), cut: make(chan struct{}),
	}, nil
}

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

// Err returns Run's result once Done is closed, nil before; and ErrMoved if another
// process is the hub now.
func (h *Hub) Err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

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

// tenancy returns the tenure, which begins with the first question for it.
func (h *Hub) tenancy() *tenure {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tenure == nil {
		h.tenure = newTenure(h.dir)
	}
	return h.tenure
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

// keepLock notes that the lock goes only when the process does.
func (h *Hub) keepLock() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = true
}

func (h *Hub) lockKept() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept
}

// reach says which step is under way. Tests make it fail.
func (h *Hub) reach(step string, undo bool) error {
	h.setStep(step)
	if h.fault != nil {
		return h.fault(step, undo)
	}
	return nil
}

// at says which moment of a hand-over it is, which is no step of Run.
func (h *Hub) at(moment string) {
	if h.fault != nil {
		_ = h.fault(moment, true)
	}
}

func (h *Hub) setStep(step string) {
	h.mu.Lock()
	h.step = step
	h.mu.Unlock()
}
