package tui_test

import (
	"testing"
	"time"
)

// A hub that has lost its storage may be the only one that has what its repository held: every
// way to end it says so, and none is advised.
func TestWhatOnlyALostHubHasIsSaid(t *testing.T) {
	const why = "save in /state/recovery: disk full"
	for name, c := range map[string]struct {
		unsaved, saved string
		stop, force    []string // on the dialogs
		never          []string
	}{
		"not saved": {
			unsaved: why,
			stop:    []string{"Only the hub's process has what the repository held", "disk full", "Until then only", "S force"},
			force:   []string{"could not be saved, and ends with it"},
			never:   []string{"y stop", "empties hub.fossil", "a write a patch"},
		},
		"saved": {
			saved: "/state/recovery/hub-4f2a.fossil",
			stop:  []string{"is saved as /state/recovery/hub-4f2a.fossil", "y stop"},
			force: []string{"is saved as /state/recovery/hub-4f2a.fossil"},
			never: []string{"empties hub.fossil", "a write a patch", "could not be saved"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.hub.status.Lost, w.hub.status.LostAt = "the directory was removed", noon.Add(-time.Minute)
			w.hub.status.Unsaved, w.hub.status.Saved = c.unsaved, c.saved
			w.hub.status.Fossil.Unapplied = nil
			s := w.start(120, 40)
			s.AwaitText("the directory was removed")
			s.Press("s")
			s.AwaitDialog()
			has(t, s, c.stop...)
			lacks(t, s, c.never...)
			s.Press("esc", "S")
			s.AwaitDialog()
			has(t, s, c.force...)
			lacks(t, s, c.never[1:]...)
			s.Press("esc", "!")
			if c.unsaved == "" {
				has(t, s, "bones-tui hub restart")
			} else {
				lacks(t, s, "bones-tui hub restart")
				has(t, s, "only this process has it")
			}
		})
	}
}
