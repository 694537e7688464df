package tui_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"bones-tui/hub"
)

// TestGoesOnWithAHubThatComesUp has somebody else bring up a hub while the screen has
// none: an agent, another dashboard, the keeper of one that has died.
func TestGoesOnWithAHubThatComesUp(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(*fakeHub)
		says string
	}{
		"after a stop":    {(*fakeHub).finish, "a hub runs again, in process 50002"},
		"after a failure": {func(h *fakeHub) { h.end = errors.New("nats: server ended by itself"); h.finish() }, "the hub failed (nats: server ended by itself) and runs again, in process 50002"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.again()
			var runs atomic.Bool
			w.Running = func() (int, bool) { return 50002, runs.Load() }
			s := w.start(140, 30)
			s.AwaitText("pid 48211")
			w.hub.set(tc.end)
			s.AwaitText("starts it again")
			runs.Store(true)
			s.AwaitText("pid 50002")
			has(t, s, tc.says)
		})
	}
}

// TestReplacesAnothersHub restarts and reseeds a hub of another process: it is asked to
// make way, and never stopped.
func TestReplacesAnothersHub(t *testing.T) {
	for key, tc := range map[string]struct{ answer, says string }{
		"r": {"y", "the hub runs in process 50002 now"},
		"W": {"A", "the hub runs in process 50002 now, on a fresh repository of 3 files"},
	} {
		t.Run(key, func(t *testing.T) {
			w := newWorld(t)
			w.attach()
			w.slots <- nil
			first := w.hub
			w.again()
			w.Reseed = func(context.Context) (hub.Reseeded, error) { return hub.Reseeded{}, errors.New("not asked for") }
			w.Replace = func(_ context.Context, force, reseed bool) (hub.Restarted, error) {
				first.set((*fakeHub).finish) // the screen must not take it for a stop
				done := hub.Restarted{OldPID: 48211, PID: 50002, Handed: true}
				if reseed {
					done.Reseeded = &hub.Reseeded{Files: 3}
				}
				if force {
					return done, errors.New("not forced")
				}
				return done, nil
			}
			s := w.start(140, 30)
			s.AwaitText("pid 48211")
			s.AwaitText("no slots")
			s.Press(key)
			s.AwaitDialog()
			s.Press(tc.answer)
			s.AwaitText("pid 50002")
			has(t, s, tc.says)
			if got := first.stopped(); len(got) > 0 {
				t.Errorf("the hub was stopped: %q", got)
			}
		})
	}
}

// TestARefusedReplacementChangesNothing goes on with the hub that does not make way.
func TestARefusedReplacementChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.attach()
	w.Replace = func(context.Context, bool, bool) (hub.Restarted, error) {
		return hub.Restarted{}, errors.New("pid 48211 does not hand over: busy")
	}
	s := w.start(140, 30)
	s.AwaitText("pid 48211")
	s.Press("r")
	s.AwaitDialog()
	s.Press("y")
	s.AwaitText("The hub was not replaced")
	s.AwaitText("ATTACHED")
}

// TestTellsOfALostStorageAndOfDeaths shows what a hub says of itself.
func TestTellsOfALostStorageAndOfDeaths(t *testing.T) {
	w := newWorld(t)
	w.hub.status.Deaths, w.hub.status.DiedAt = 2, noon
	w.hub.status.Lost, w.hub.status.LostAt = "the state directory was removed under the hub", noon
	w.hub.status.NATS.Up, w.hub.status.Fossil.Up = false, false
	s := w.start(140, 30)
	s.AwaitText("storage lost")
	s.Press("!")
	s.AwaitText("the state directory was removed under the hub")
	has(t, s, "the hub died 2 times and was started again, the last time at 12:00:00")
}

// TestLeavesOnceTheHubIsReplaced presses q while another's hub makes way: the screen goes
// when it knows what became of it, or at the second q, and then claims nothing.
func TestLeavesOnceTheHubIsReplaced(t *testing.T) {
	for name, tc := range map[string]struct {
		again bool
		says  string
	}{
		"waits":    {false, "detached; the hub keeps running (pid 50002)"},
		"does not": {true, "left while the hub was being replaced"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.attach()
			w.slots <- nil
			goOn := make(chan struct{})
			w.Replace = func(ctx context.Context, _, _ bool) (hub.Restarted, error) {
				select {
				case <-goOn:
				case <-ctx.Done():
				}
				return hub.Restarted{PID: 50002}, ctx.Err()
			}
			s := w.start(140, 30)
			s.AwaitText("pid 48211")
			s.AwaitText("no slots")
			s.Press("r")
			s.AwaitDialog()
			has(t, s, "It comes back in a process of its own")
			s.Press("y", "q")
			s.AwaitText("leaving as soon as the hub is replaced")
			if tc.again {
				s.Press("q")
			} else {
				close(goOn)
			}
			s.Await("quit", func() bool { return s.Quit })
			if got := s.Outcome().String(); !strings.Contains(got, tc.says) {
				t.Errorf("the shell reads %q, want %q", got, tc.says)
			}
		})
	}
}
