package hub_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

func keeperOf(tb testing.TB, root string) int {
	tb.Helper()
	pids := owner.Keepers(bonesdir.At(root))
	if len(pids) != 1 {
		tb.Fatalf("the keepers are %v", pids)
	}
	return pids[0]
}

// A hub whose keeper is stopped must drain nevertheless, and not leave it behind.
func TestStopDespiteAFrozenKeeper(t *testing.T) {
	root := newWorkspace(t)
	t.Cleanup(func() { killAll(root) })
	if err := startHub(t, root).HandOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(keeperOf(t, root), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := hub.Stop(root, hub.WithKilled(func() { t.Error("the hub had to be killed") })); err != nil {
		t.Error(err)
	}
	nobodyIsLeft(t, root)
}

func TestHandOverWithoutItsKeeper(t *testing.T) {
	root := newWorkspace(t)
	t.Cleanup(func() { killAll(root) })
	h := startHub(t, root)
	dead := keeperOf(t, root)
	if err := syscall.Kill(dead, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	within(t, longLimit, "dead", func() bool { return len(owner.Keepers(bonesdir.At(root))) == 0 })
	if err := h.HandOver(t.Context()); err != nil {
		t.Fatalf("HandOver = %v", err)
	}
	within(t, longLimit, "kept by one", func() bool { return len(owner.Keepers(bonesdir.At(root))) == 1 })
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Error(err)
	}
	nobodyIsLeft(t, root)
}

// A second hub of the same process that is refused must leave the first one's record alone.
func TestARefusedHubLeavesTheHoldersRecord(t *testing.T) {
	root := newWorkspace(t)
	startHub(t, root)
	other, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Run(t.Context()); !errors.Is(err, hub.ErrRunning) {
		t.Fatalf("Run = %v", err)
	}
	if got := bonesdir.At(root).LockHolder(); got != os.Getpid() {
		t.Errorf("hub.lock.pid names %d", got)
	}
}

// The second restart hurries the first one, which stays one.
func TestARestartMayBeHurried(t *testing.T) {
	root := newWorkspace(t)
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	draining, resume := make(chan struct{}), make(chan struct{})
	hub.AtStep(h, func(step string, undo bool) error {
		if undo && step == "marks" {
			close(draining)
			<-resume
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	t.Cleanup(func() { killAll(root) })
	var asking sync.WaitGroup
	asking.Go(func() { _ = h.Shutdown(context.Background(), hub.WithRestart(true)) })
	<-draining
	if _, err := h.Successor(); !errors.Is(err, hub.ErrNotRunning) {
		t.Errorf("Successor during the drain = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Shutdown(ctx, hub.WithRestart(true), hub.WithForce(true)); !errors.Is(err, context.Canceled) {
		t.Errorf("the second Shutdown = %v", err)
	}
	close(resume)
	asking.Wait()
	goOn(t, root, h)
}

// goOn has the successor of h come up and end.
func goOn(t *testing.T, root string, h *hub.Hub) {
	t.Helper()
	if !h.Parked() {
		t.Fatalf("nobody is waited for after %v", h.Err())
	}
	if l, err := owner.Take(bonesdir.At(root)); err == nil {
		_ = l.Close()
		t.Error("the workspace was free")
	}
	next, err := h.Successor()
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = next.Run(context.Background()) }()
	awaitReady(t, next)
	stopHub(t, next)
	nobodyIsLeft(t, root)
}

// What a drain leaves behind must not make a restart end with a workspace that nobody can
// have: neither this process, nor another.
func TestARestartGoesOnAfterADrainThatWasCut(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root, hub.WithDrainTimeout(50*time.Millisecond))
	t.Cleanup(func() { killAll(root) })
	conn := halfRequest(t, hub.FossilURL(root))
	defer conn.Close()
	if err := h.Shutdown(t.Context(), hub.WithRestart(true)); !errors.Is(err, hub.ErrDrainTimeout) {
		t.Fatalf("Shutdown = %v", err)
	}
	goOn(t, root, h)
}

func TestLetGoWaitsForTheDrain(t *testing.T) {
	root := newWorkspace(t)
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	draining, resume := make(chan struct{}), make(chan struct{})
	hub.AtStep(h, func(step string, undo bool) error {
		if undo && step == "marks" {
			close(draining)
			<-resume
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	var asking sync.WaitGroup
	asking.Go(func() { _ = h.Shutdown(context.Background(), hub.WithRestart(true)) })
	<-draining
	gone := make(chan error, 1)
	go func() { gone <- h.LetGo() }()
	select {
	case err := <-gone:
		t.Errorf("LetGo = %v, and the stores are open", err)
		gone <- nil
	case <-time.After(100 * time.Millisecond): // it waits
	}
	close(resume)
	if err := <-gone; err != nil {
		t.Error(err)
	}
	asking.Wait()
	nobodyIsLeft(t, root)
}

// hub.pid names the successor while its predecessor drains, so it is the successor that is
// told to stop then.
func TestStopOfASuccessorThatStandsBy(t *testing.T) {
	root := newWorkspace(t)
	t.Cleanup(func() { killAll(root) })
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	hub.AtStep(h, func(step string, undo bool) error {
		if undo && step == "marks" {
			return syscall.Kill(recordedPID(t, root), syscall.SIGTERM)
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	err = h.HandOver(t.Context())
	if !errors.Is(err, hub.ErrNotRunning) || strings.Contains(err.Error(), "takes over by itself") {
		t.Errorf("HandOver = %v", err)
	}
	nobodyIsLeft(t, root)
}
