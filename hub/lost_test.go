package hub_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/reference"
	"bones-tui/hub/proc"
)

// Who removes what looks stale takes the lock file away from a hub that lives. A second
// hub of ours must not come up beside it; one of the reference can, and then what it has
// recorded is its own.
func TestALockFileIsRemovedUnderAHub(t *testing.T) {
	root := newWorkspace(t)
	first := startHub(t, root)
	c := startPublishing(t, first)
	within(t, 30*time.Second, "at work", func() bool { return c.count(true, time.Time{}) > 10 })
	remove(t, root, "hub.lock")
	remove(t, root, "hub.pid")
	second, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); !errors.Is(err, hub.ErrRunning) {
		t.Errorf("a second hub: %v, want ErrRunning", err)
	}
	within(t, 30*time.Second, "told", func() bool { return statusOf(t, first).Lost != "" })
	c.stop()
	stopHub(t, first)
	third := startHub(t, root)
	for seq, subject := range c.acked() {
		if m, err := message(third, seq); err != nil || m != subject {
			t.Errorf("message %d, %s, is lost: %v", seq, subject, err)
		}
	}
	remove(t, root, "hub.lock")
	remove(t, root, "hub.pid")
	remove(t, root, "hub-fossil-url")
	remove(t, root, "hub-nats-url")
	foreign, err := reference.Start(t.Context(), root, reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Kill()
	before := readFile(t, bonesdir.At(root).PIDFile())
	stopHub(t, third)
	if after := readFile(t, bonesdir.At(root).PIDFile()); after != before {
		t.Errorf("hub.pid was %q and is %q", before, after)
	}
}

// A hub that has lost its lock file, and no more, is replaced on the same store.
func TestRestartMendsALostLockFile(t *testing.T) {
	root := newWorkspace(t)
	startDetached(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	before, err := askHub(root)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, root, "hub.lock")
	within(t, 30*time.Second, "told", func() bool {
		st, err := askHub(root)
		return err == nil && st.Lost != ""
	})
	done, err := hub.Restart(t.Context(), root, hub.RestartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if st, err := askHub(root); err != nil || st.Lost != "" || st.PID != done.PID || done.OldPID != before.PID ||
		st.Fossil.Tip.UUID != before.Fossil.Tip.UUID {
		t.Errorf("%+v, %v: was %+v, is %+v", done, err, before, st)
	}
}

// The restart is what one is advised to do, so nobody may get in while it is done.
func TestRestartOfALostLockFileLeavesNoGap(t *testing.T) {
	root := newWorkspace(t)
	startDetached(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	remove(t, root, "hub.lock")
	within(t, 30*time.Second, "told", func() bool {
		st, err := askHub(root)
		return err == nil && st.Lost != ""
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	counted := make(chan reference.Counts, 1)
	go func() { counted <- reference.Loop(ctx, root, 4) }()
	for range 3 { // each with an end of its own
		if _, err := hub.Restart(t.Context(), root, hub.RestartOptions{}); err != nil {
			t.Error(err)
		}
	}
	cancel()
	if c := <-counted; c.Started > 0 || c.Failed > 0 || c.Tries() == 0 {
		t.Errorf("foreign starters: %+v", c)
	}
}

// A hub whose directory is gone can be found, and ended.
func TestAHubWithoutADirectoryCanBeStopped(t *testing.T) {
	root := newWorkspace(t)
	pid := startDetached(t, root)
	t.Cleanup(func() { killAll(root, pid) })
	if err := os.RemoveAll(bonesdir.At(root).State); err != nil {
		_ = os.RemoveAll(bonesdir.At(root).State)
	}
	var st hub.Status
	within(t, 30*time.Second, "found", func() (ok bool) { st, ok = hub.Lost(t.Context(), root); return ok })
	if _, ok := hub.IsRunning(root); ok || st.PID != pid || st.Root != root {
		t.Errorf("running %t, lost %+v", ok, st)
	}
	if err := hub.Stop(root); err != nil {
		t.Errorf("Stop = %v", err)
	}
	if proc.Alive(pid) {
		t.Error("it is still alive")
	}
	if _, ok := hub.Lost(t.Context(), root); ok {
		t.Error("it is still found")
	}
}

// A lost hub has nothing to save, so that a polite stop waits for nothing.
func TestALostHubEndsAtOnce(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	rename(t, root, root+"-moved")
	within(t, 30*time.Second, "told", func() bool { return statusOf(t, h).Lost != "" })
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), hub.DefaultDrainTimeout)
	defer cancel()
	if err := h.Drain(ctx); errors.Is(err, hub.ErrDrainTimeout) || ctx.Err() != nil {
		t.Errorf("Drain = %v after %s", err, time.Since(begin))
	}
	t.Logf("ended after %s", time.Since(begin))
}

// A hub whose directory is gone would be found by nobody once another has the workspace, so
// it makes way.
func TestAHubWithoutADirectoryEndsWhenAnotherIsThere(t *testing.T) {
	root := newWorkspace(t)
	old := startDetached(t, root)
	t.Cleanup(func() { killAll(root, old); _ = hub.Stop(root, hub.WithForce(true)) })
	within(t, 30*time.Second, "removed", func() bool { return os.RemoveAll(bonesdir.At(root).State) == nil })
	within(t, 30*time.Second, "told", func() bool { _, ok := hub.Lost(t.Context(), root); return ok })
	next := startDetached(t, root)
	within(t, 30*time.Second, "ended", func() bool { return !proc.Alive(old) })
	if st, err := askHub(root); err != nil || st.PID != next || st.Phase != hub.PhaseReady {
		t.Errorf("the hub should be %d: %+v, %v", next, st, err)
	}
}
