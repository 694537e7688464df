package tui_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/findings"
)

// robbed has a hub tell of two losses.
func robbed(w *world) (dismissed *[]string) {
	dismissed = new([]string)
	w.hub.status.Incidents = []hub.Incident{
		{ID: "1a2b3c4d", Kind: "repository-replaced", At: noon.Add(-time.Hour), Text: "the repository of project 4f2ad1c09b is gone", Next: "bones-tui hub recover"},
		{ID: "5e6f7081", Kind: "stream-cut", At: noon.Add(-time.Hour), Text: "stream tasks-events ends at 49, it had reached 300"},
	}
	w.Dismiss = func(_ context.Context, id string) error {
		*dismissed = append(*dismissed, id)
		w.hub.set(func(h *fakeHub) { h.status.Incidents = h.status.Incidents[1:] })
		return nil
	}
	return dismissed
}

// What was lost is told at the bottom line, in the list of findings and by the pane with news,
// once, and leaves them when it is dismissed there.
func TestWhatWasLostIsDismissedInTheFindings(t *testing.T) {
	for name, attach := range map[string]bool{"owned": false, "attached": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if attach {
				w.attach()
			}
			gone := robbed(w)
			w.Checkup = func(context.Context) []findings.Finding {
				return append(examined(), findings.Finding{Check: "incidents", Grade: findings.GradeFail, Text: w.hub.status.Incidents[0].Text + " (found at noon)"})
			}
			s := w.start(200, 60)
			s.AwaitText("the repository of project 4f2ad1c09b is gone")
			s.AwaitNews()
			lacks(t, s, "d dismiss", "incidents: ")
			s.Press("!")
			has(t, s, "FINDINGS", "d dismiss the first", "bones-tui hub recover", "Found at 2026-11-24 11:00:00", "hub dismiss 1a2b3c4d", "it had reached 300")
			lacks(t, s, "incidents: ")
			s.Press("d")
			s.AwaitText("dismissed: the repository of project 4f2ad1c09b is gone")
			lacks(t, s, "bones-tui hub recover", "project 4f2ad1c09b is gone (found")
			has(t, s, "it had reached 300")
			s.Press("d")
			s.AwaitText("dismissed: stream tasks-events")
			lacks(t, s, "d dismiss", "hub dismiss")
			if len(*gone) != 2 || (*gone)[0] != "1a2b3c4d" || (*gone)[1] != "5e6f7081" {
				t.Errorf("dismissed %v", *gone)
			}
		})
	}
}

func TestADismissalThatFailsSaysWhy(t *testing.T) {
	w := newWorld(t)
	robbed(w)
	w.Dismiss = func(context.Context, string) error { return errors.New("the disk is full") }
	s := w.start(120, 40)
	s.AwaitText("the repository of project")
	s.Press("!", "d")
	s.AwaitText("the disk is full")
	has(t, s, "the repository of project")
}

// A screen that changes nothing, or has nothing to dismiss, does not offer it.
func TestWhoMayNotDismissIsNotOfferedTo(t *testing.T) {
	for name, change := range map[string]func(*world){
		"read-only":  func(w *world) { robbed(w); w.ReadOnly = true },
		"no way":     func(w *world) { robbed(w); w.Dismiss = nil },
		"no losses":  func(w *world) { robbed(w); w.hub.status.Incidents = nil },
		"no finding": func(*world) {},
	} {
		w := newWorld(t)
		change(w)
		s := w.start(120, 40)
		s.AwaitText("RUNNING")
		s.Press("!", "d")
		if lacks(t, s, "d dismiss", "dismissed"); t.Failed() {
			t.Fatal(name)
		}
	}
}

// What was lost stays on the screen when the hub ends.
func TestWhatWasLostOutlivesTheHub(t *testing.T) {
	w := newWorld(t)
	robbed(w)
	s := w.start(120, 40)
	s.AwaitText("the repository of project")
	w.hub.set((*fakeHub).finish)
	s.AwaitText("STOPPED")
	s.Press("!")
	has(t, s, "the repository of project")
	if f := findings.OfIncidents(w.hub.status.Incidents, noon); len(f) == 0 || f[0].Next != "bones-tui hub recover" {
		t.Errorf("findings %+v", f)
	}
}
