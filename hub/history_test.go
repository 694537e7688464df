package hub_test

import (
	"context"
	"testing"

	"bones-tui/hub"
)

// What a hub knew of its repository it still knows when it has closed it: nobody else has
// changed it by then.
func TestADrainingHubTellsWhatTheRepositoryHad(t *testing.T) {
	root := newWorkspace(t)
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	var last hub.FossilStatus
	hub.AtStep(h, func(step string, undo bool) error {
		if undo && step == "connection" { // after the repository
			last = statusOf(t, h).Fossil
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	tip := pushOne(t, root, "late")
	was := statusOf(t, h).Fossil
	stopHub(t, h)
	if last.CheckIns == nil || *last.CheckIns != *was.CheckIns || last.Tip == nil || last.Tip.UUID != tip.UUID || last.Problem != "" {
		t.Errorf("it tells %+v", last)
	}
}
