package hub_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/reference"
)

// The agents would be of no use if they missed a loss, or saw one where there is none.

func TestAgentsComeThroughEveryChange(t *testing.T) {
	root := newWorkspace(t)
	a := startAgents(t, root)
	stopHub(t, startHub(t, root)) // they were there first
	h := startHub(t, root)
	a.busy(t)
	a.outages()
	a.busy(t)
	if o := a.outages(); o.asked == 0 || o.refused+o.broken+o.late > 0 || o.nats <= 0 || o.fossil <= 0 {
		t.Errorf("in a quiet time: %+v", o)
	}
	if err := h.HandOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	a.busy(t)
	t.Logf("hand-over: %+v", a.outages())
	a.check(t)
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Reseed(t.Context(), root, hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}
	startHub(t, root, hub.WithRepoPort(freePort(t)), hub.WithCoordPort(freePort(t)))
	a.busy(t)
	if o := a.outages(); o.refused == 0 {
		t.Errorf("without a hub: %+v", o)
	}
	a.check(t)
	a.stop()
	a.checkAll(t)
	t.Log(a)
}

func TestAgentsMissWhatIsGone(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	a := startAgents(t, root)
	h := startHub(t, root)
	a.busy(t)
	a.stop()
	stopHub(t, h)

	write(t, root, ".git/hooks/pre-commit", "#!/bin/sh\n[ ! -f .bones/leaf.pid ]\n", 0o755) // as the bones CLI installs it
	if o, err := reference.Verb(t.Context(), root); o != reference.Started || err != nil {
		t.Fatalf("Verb = %v, %v", o, err)
	}
	h = startHub(t, root)
	wants(t, a.losses(t, true), map[string]int{"check-in": len(a.done.checkIns), "work of slot": len(a.done.slots)})
	stopHub(t, h)

	if err := os.RemoveAll(d.Coord()); err != nil {
		t.Fatal(err)
	}
	startHub(t, root)
	wants(t, a.losses(t, true), map[string]int{
		"check-in": len(a.done.checkIns), "work of slot": len(a.done.slots),
		"message": len(a.done.messages), "lease of": len(a.done.leases),
	})
}

// wants compares the losses of each kind with their number.
func wants(t *testing.T, lost []string, want map[string]int) {
	t.Helper()
	for kind, n := range want {
		if n == 0 {
			t.Errorf("%s: nothing was confirmed", kind)
		}
		got := 0
		lost = slices.DeleteFunc(lost, func(what string) bool {
			is := strings.HasPrefix(what, kind)
			if is {
				got++
			}
			return is
		})
		if got != n {
			t.Errorf("%s: %d losses, want %d", kind, got, n)
		}
	}
	if len(lost) > 0 {
		t.Errorf("beside them %q", lost)
	}
}
