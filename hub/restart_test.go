package hub_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub"
)

// Two who restart a hub at the same moment both get what they ask for, one after the other.
func TestRestartsAtOnceAllSucceed(t *testing.T) {
	root := newWorkspace(t)
	first := startDetached(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			done, err := hub.Restart(t.Context(), root, hub.RestartOptions{})
			if err != nil || !done.Handed || done.PID == first {
				t.Errorf("%+v, %v", done, err)
			}
		})
	}
	all.Wait()
	if st, err := askHub(root); err != nil || st.Phase != hub.PhaseReady || st.Deaths != 0 {
		t.Errorf("the hub is %+v, %v", st, err)
	}
}

// Whoever calls a restart off when the hub has been asked reads that it may go on.
func TestARestartThatIsNotWaitedForSaysSo(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	asked := make(chan struct{})
	resume := make(chan struct{})
	hub.AtStep(h, func(step string, _ bool) error {
		if step == "heir" {
			close(asked)
			<-resume
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	_, err := hub.Restart(ctx, root, hub.RestartOptions{})
	close(resume)
	if err == nil || !strings.Contains(err.Error(), "may go on with it") {
		t.Errorf("Restart = %v", err)
	}
	within(t, time.Minute, "handed over all the same", func() bool {
		select {
		case <-h.Done():
			return true
		default:
			return false
		}
	})
}
