package tui_test

import (
	"context"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/tui"
)

// TestStopOfAnothersHub: that the process ends is what it was asked for, whichever of
// the two tells of it first.
func TestStopOfAnothersHub(t *testing.T) {
	w := newWorld(t)
	w.attach()
	w.hub.end = hub.ErrGone
	w.slots <- nil
	s := w.start(100, 30)
	s.AwaitText("no slots")
	s.Press("s")
	s.AwaitDialog()
	s.Press("y")
	s.AwaitText("STOPPED")
	s.Send(tui.Gone(hub.ErrGone))
	s.Clock(noon.Add(time.Second))
	has(t, s, "STOPPED", "The hub has stopped")
	lacks(t, s, "went away", "alarm")
	want(t, w, "polite")
}

// TestAnothersCleanEndIsNoLoss: its own operator has stopped it.
func TestAnothersCleanEndIsNoLoss(t *testing.T) {
	w := newWorld(t)
	w.attach()
	s := w.start(100, 30)
	s.AwaitText("ATTACHED")
	w.hub.set((*fakeHub).finish)
	s.AwaitText("STOPPED")
	lacks(t, s, "went away", "alarm")
}

// TestFollowsAHubThatMoves connects to the process that the hub was handed over to.
func TestFollowsAHubThatMoves(t *testing.T) {
	w := newWorld(t)
	w.attach()
	w.hub.end = hub.ErrMoved
	next := &fakeHub{status: healthy(), done: make(chan struct{})}
	next.status.Owned, next.status.PID = false, 48399
	hubs := []*fakeHub{w.hub, next}
	w.Connect = func(context.Context) (tui.Session, error) {
		s := tui.Session{Hub: hubs[0]}
		hubs = hubs[1:]
		return s, nil
	}
	s := w.start(100, 30)
	s.AwaitText("pid 48211")
	w.hub.set((*fakeHub).finish)
	s.AwaitText("pid 48399")
	has(t, s, "ATTACHED", "another process runs the hub now")
}

// TestSeesAnothersRestart tells a hub that has been restarted in the same process from
// one that has not begun to drain.
func TestSeesAnothersRestart(t *testing.T) {
	w := newWorld(t)
	w.attach()
	s := w.start(100, 30)
	s.AwaitText("ATTACHED")
	w.hub.set(func(h *fakeHub) { h.status.Phase = hub.PhaseDraining })
	s.Clock(noon.Add(time.Second))
	s.AwaitText("STOPPING")
	w.hub.set(func(h *fakeHub) { h.status.Phase, h.status.StartedAt = hub.PhaseReady, noon })
	s.Clock(noon.Add(2 * time.Second))
	s.AwaitText("ATTACHED")
}
