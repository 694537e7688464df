// Package hubtest checks that whatever a dashboard shows as a hub behaves like one,
// and offers a fake that does.
package hubtest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub"
)

// Hub is what a dashboard needs of a hub.
type Hub interface {
	Status(ctx context.Context) (hub.Status, error)
	Shutdown(ctx context.Context, opts ...hub.StopOption) error
	Done() <-chan struct{}
	Err() error
}

// patience bounds what a hub may take for anything.
const patience = 20 * time.Second

// Run checks the hubs that ready returns: each one is new, ready, and has the named
// slots active.
func Run(t *testing.T, ready func(t *testing.T, active ...string) Hub) {
	t.Helper()
	t.Run("a ready hub says so", func(t *testing.T) { sayReady(t, ready(t)) })
	t.Run("many may ask at once", func(t *testing.T) { askAtOnce(t, ready(t)) })
	t.Run("a polite stop ends an idle hub", func(t *testing.T) { stop(t, ready(t)) })
	t.Run("a polite stop is refused under active slots", func(t *testing.T) { refuse(t, ready(t, "audio", "render")) })
	t.Run("force ends a hub with active slots", func(t *testing.T) { stop(t, ready(t, "audio"), hub.WithForce(true)) })
	t.Run("many may stop at once", func(t *testing.T) { stopAtOnce(t, ready(t)) })
	t.Run("an ended context ends the waiting", func(t *testing.T) { stopWithEndedContext(t, ready(t)) })
}

func sayReady(t *testing.T, h Hub) {
	t.Helper()
	st := statusOf(t, h)
	if st.Phase != hub.PhaseReady || st.PID <= 0 || st.StartedAt.IsZero() || time.Since(st.At) > time.Minute {
		t.Errorf("status %+v", st)
	}
	if !st.NATS.Up || !strings.HasPrefix(st.NATS.URL, "nats://127.0.0.1:") {
		t.Errorf("nats %+v", st.NATS)
	}
	if !st.Fossil.Up || !strings.HasPrefix(st.Fossil.URL, "http://127.0.0.1:") {
		t.Errorf("fossil %+v", st.Fossil)
	}
	select {
	case <-h.Done():
		t.Error("a ready hub is done")
	default:
	}
	if err := h.Err(); err != nil {
		t.Errorf("a ready hub has the error %v", err)
	}
}

func askAtOnce(t *testing.T, h Hub) {
	t.Helper()
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			if st, err := h.Status(t.Context()); err != nil || st.Phase != hub.PhaseReady {
				t.Errorf("status %+v, %v", st, err)
			}
		})
	}
	asking.Wait()
}

func stop(t *testing.T, h Hub, opts ...hub.StopOption) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := h.Shutdown(ctx, opts...); err != nil {
		t.Fatalf("shutdown: %v", err)
	}
	ended(t, h)
	if err := h.Shutdown(ctx, opts...); err != nil {
		t.Errorf("shutdown of an ended hub: %v", err)
	}
}

// ended waits for Done, and checks that nobody takes the hub for alive.
func ended(t *testing.T, h Hub) {
	t.Helper()
	select {
	case <-h.Done():
	case <-time.After(patience):
		t.Fatal("the hub is not done")
	}
	if err := h.Err(); err != nil {
		t.Errorf("after a clean stop Err is %v", err)
	}
	if st, err := h.Status(t.Context()); err == nil && (st.Phase == hub.PhaseReady || st.NATS.Up || st.Fossil.Up) {
		t.Errorf("an ended hub says %+v", st)
	}
}

func refuse(t *testing.T, h Hub) {
	t.Helper()
	err := h.Shutdown(t.Context())
	var active *hub.ActiveSlotsError
	if !errors.As(err, &active) || !errors.Is(err, hub.ErrActiveSlots) {
		t.Fatalf("shutdown: %v, want the active slots", err)
	}
	if len(active.Slots) != 2 || active.Slots[0].Name != "audio" || active.Slots[1].Name != "render" {
		t.Errorf("slots %+v", active.Slots)
	}
	sayReady(t, h)
}

func stopAtOnce(t *testing.T, h Hub) {
	t.Helper()
	var stopping sync.WaitGroup
	for range 5 {
		stopping.Go(func() {
			if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
				t.Errorf("shutdown: %v", err)
			}
		})
	}
	stopping.Wait()
	ended(t, h)
}

func stopWithEndedContext(t *testing.T, h Hub) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	if err := h.Shutdown(ctx); err == nil {
		ended(t, h) // it was quicker than the look at the context
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("shutdown under an ended context took %s", took)
	}
}

func statusOf(t *testing.T, h Hub) hub.Status {
	t.Helper()
	st, err := h.Status(t.Context())
	if err != nil {
		t.Fatalf("status: %v", err)
	}
	return st
}
