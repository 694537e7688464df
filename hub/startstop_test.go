package hub_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
)

func TestIsRunningOfADeadProcessNamesNobody(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	recordOldPID(t, root, 1<<22+1) // no kernel gives it out
	if pid, ok := hub.IsRunning(root); pid != 0 || ok {
		t.Errorf("IsRunning = %d, %t, want 0, false", pid, ok)
	}
}

func TestStopWithoutAHubStillSparesLiveSlots(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	liveSlot(t, root, "auth")
	if err := hub.Stop(root); !errors.Is(err, hub.ErrActiveSlots) {
		t.Errorf("Stop = %v, want ErrActiveSlots", err)
	}
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Errorf("forced Stop = %v", err)
	}
}

func TestTheFirstLineOfTheLogNamesThePorts(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	d := bonesdir.At(root)
	want := fmt.Sprintf("hub: starting (pid=%d, repo-port=%d, coord-port=%d)",
		os.Getpid(), bonesdir.RecordedPort(d.FossilURL()), bonesdir.RecordedPort(d.NATSURL()))
	if first, _, _ := strings.Cut(readFile(t, d.Log()), "\n"); !strings.Contains(first, want) {
		t.Errorf("the first line is %s, want %s", first, want)
	}
	stopHub(t, h)
}

func TestALeaseWatcherMayHaveNothingToStop(t *testing.T) {
	h := startHub(t, newWorkspace(t), hub.WithLeaseWatcher(func(context.Context, hub.LeaseWatcherInfo) (func(), error) {
		return nil, nil
	}))
	stopHub(t, h)
	if err := h.Err(); err != nil {
		t.Errorf("Run = %v", err)
	}
}

func TestCheckOfAReadyHubSaysThatItRuns(t *testing.T) {
	h := startHub(t, newWorkspace(t))
	if err := h.Check(t.Context()); !errors.Is(err, hub.ErrRunning) {
		t.Errorf("Check = %v, want ErrRunning", err)
	}
	if st := statusOf(t, h); st.Phase != hub.PhaseReady || st.Step != "" {
		t.Errorf("after Check the hub is %s, at %q", st.Phase, st.Step)
	}
}

func TestLevelsOfTheReferenceAreTaken(t *testing.T) {
	for _, level := range []string{"warning", "WARNING", "Warn", "debug"} {
		if _, err := hub.New(newWorkspace(t), hub.WithLogLevel(level)); err != nil {
			t.Errorf("level %q: %v", level, err)
		}
	}
}
