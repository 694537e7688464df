package hubtest

import (
	"context"
	"sync"
	"time"

	"bones-tui/hub"
	"bones-tui/slots"
)

// Fake is a hub that only says it is one. Make it with NewFake.
type Fake struct {
	mu     sync.Mutex
	status hub.Status
	active []slots.Slot
	err    error
	done   chan struct{}
}

// NewFake returns a ready hub with the named slots active.
func NewFake(active ...string) *Fake {
	f := &Fake{done: make(chan struct{})}
	for _, name := range active {
		f.active = append(f.active, slots.Slot{Name: name})
	}
	f.status = hub.Status{StartedAt: time.Now(), Phase: hub.PhaseReady, PID: 4711}
	f.status.NATS = hub.NATSStatus{URL: "nats://127.0.0.1:4222", Up: true}
	f.status.Fossil = hub.FossilStatus{URL: "http://127.0.0.1:8765", Up: true}
	return f
}

// Set changes what Status tells.
func (f *Fake) Set(change func(*hub.Status)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.status)
}

// Die ends the hub by itself, with err.
func (f *Fake) Die(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end(hub.PhaseFailed, err)
}

// Status returns what Set made of it.
func (f *Fake) Status(ctx context.Context) (hub.Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	st := f.status
	st.At = time.Now()
	return st, ctx.Err()
}

// Shutdown refuses under active slots and ends the hub otherwise. Of the options it
// knows force only.
func (f *Fake) Shutdown(ctx context.Context, opts ...hub.StopOption) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(f.active) > 0 && !hub.Forced(opts...) {
		return &hub.ActiveSlotsError{Slots: f.active}
	}
	f.end(hub.PhaseStopped, nil)
	return nil
}

func (f *Fake) end(p hub.Phase, err error) {
	select {
	case <-f.done:
		return
	default:
	}
	f.err = err
	f.status.Phase, f.status.NATS.Up, f.status.Fossil.Up = p, false, false
	close(f.done)
}

// Done is closed when the hub has ended.
func (f *Fake) Done() <-chan struct{} { return f.done }

// Err is how it ended.
func (f *Fake) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
