package hub_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
)

// startDetached starts a hub in a process of its own and returns its pid.
func startDetached(tb testing.TB, root string) int {
	tb.Helper()
	if err := hub.Start(tb.Context(), root, hub.WithDetach(true)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	pid, ok := hub.IsRunning(root)
	if !ok || pid == os.Getpid() {
		tb.Fatalf("IsRunning = %d, %tb, want another process", pid, ok)
	}
	return pid
}

func attach(tb testing.TB, root string) *hub.Remote {
	tb.Helper()
	r, err := hub.Attach(tb.Context(), root)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = r.Close() })
	return r
}

func TestAttachedSeesWhatTheHubSays(t *testing.T) {
	root := newWorkspace(t)
	pid := startDetached(t, root)
	r := attach(t, root)
	st, err := r.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if st.Owned || st.PID != pid || st.Phase != hub.PhaseReady || st.NATS.Server == nil || st.Fossil.Tip == nil {
		t.Errorf("status = %+v, want a ready, foreign hub with its numbers", st)
	}
	if err := r.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	if _, ok := hub.IsRunning(root); ok {
		t.Error("the hub still runs")
	}
}

// TestAttachedSeesTheStartAndTheDrain attaches at every step from which on NATS
// answers: nothing before the end of the start may look ready, and nothing after the
// beginning of the drain.
func TestAttachedSeesTheStartAndTheDrain(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root)) // so that the ports are known
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[hub.Phase]int{}
	listening := false
	hub.AtStep(h, func(step string, undo bool) error {
		want := hub.PhaseStarting
		switch {
		case undo:
			want = hub.PhaseDraining
			listening = listening && step != "status"
		case step == "status":
			listening = true
		}
		if !listening {
			return nil
		}
		st, err := askHub(root)
		if err != nil || st.Phase != want {
			t.Errorf("at %s (undo %t): %s, %v, want %s", step, undo, st.Phase, err, want)
		}
		seen[want]++
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	stopHub(t, h)
	if seen[hub.PhaseStarting] < 5 || seen[hub.PhaseDraining] < 5 {
		t.Errorf("looked %v times", seen)
	}
}

func TestAttachWithoutAHub(t *testing.T) {
	if _, err := hub.Attach(t.Context(), newWorkspace(t)); !errors.Is(err, hub.ErrNotRunning) {
		t.Errorf("Attach = %v, want ErrNotRunning", err)
	}
}

// The process of a dashboard lives on after the hub that it has stopped or handed over.
func TestAttachedIsToldHowTheHubEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(*hub.Hub) error
		want error
	}{
		"stop":      {func(h *hub.Hub) error { return h.Shutdown(t.Context()) }, nil},
		"hand over": {func(h *hub.Hub) error { return h.HandOver(t.Context()) }, hub.ErrMoved},
	} {
		t.Run(name, func(t *testing.T) {
			root := newWorkspace(t)
			h := startHub(t, root)
			t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
			r := attach(t, root)
			if err := tc.end(h); err != nil {
				t.Fatal(err)
			}
			<-r.Done()
			if !errors.Is(r.Err(), tc.want) {
				t.Errorf("Err = %v, want %v", r.Err(), tc.want)
			}
		})
	}
}

func TestKilledHubComesBack(t *testing.T) {
	root := newWorkspace(t)
	pid := startDetached(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	r := attach(t, root)
	before, err := r.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("not noticed")
	}
	if !errors.Is(r.Err(), hub.ErrMoved) {
		t.Errorf("Err = %v, want ErrMoved", r.Err())
	}
	if !awaitHub(t, root, 30*time.Second) {
		t.Fatal("no hub runs")
	}
	after, err := attach(t, root).Status(t.Context())
	if err != nil || after.PID == pid || after.Deaths != 1 || after.DiedAt.IsZero() ||
		after.NATS.URL != before.NATS.URL || after.Fossil.URL != before.Fossil.URL {
		t.Errorf("%v: before %+v, after %+v", err, before, after)
	}
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, "died") {
		t.Errorf("hub.log does not tell:\n%s", log)
	}
}

// A hub that is killed together with its keeper leaves its record behind, and a
// workspace that needs no repair.
func TestHubKilledWithItsKeeperIsGone(t *testing.T) {
	root := newWorkspace(t)
	pid := startDetached(t, root)
	r := attach(t, root)
	killAll(root, pid)
	<-r.Done()
	if !errors.Is(r.Err(), hub.ErrGone) {
		t.Errorf("Err = %v, want ErrGone", r.Err())
	}
	startHub(t, root)
}

func TestHandOverKeepsPortsAndHistory(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	before := statusOf(t, h)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	if err := h.HandOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := attach(t, root).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after.PID == os.Getpid() || after.NATS.URL != before.NATS.URL || after.Fossil.URL != before.Fossil.URL ||
		after.Fossil.Tip.UUID != before.Fossil.Tip.UUID {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
}

// A checkout may bring a hub.pid along that names whom it likes.
func TestStopSignalsNobodyOnTheWordOfAFile(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	victim := exec.Command("sleep", "60")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- victim.Wait() }()
	pid := victim.Process.Pid
	claim := strconv.Itoa(pid) + "\n"
	for _, name := range []string{"hub.pid", "hub.lock.pid", "hub.lock"} {
		write(t, root, ".bones/"+name, claim, 0o644)
	}
	for _, force := range []bool{false, true} {
		if pid, ok := hub.IsRunning(root); ok {
			t.Errorf("process %d counts as the hub", pid)
		}
		if err := hub.Stop(root, hub.WithForce(force), hub.WithStopTimeout(time.Second)); err != nil {
			t.Errorf("Stop(force %t) = %v", force, err)
		}
		write(t, root, ".bones/hub.pid", claim, 0o644)
	}
	select {
	case err := <-ended:
		t.Fatalf("the victim is gone: %v", err)
	default:
	}
	_ = victim.Process.Kill()
	<-ended
}

// What a checkout puts in the place of the state directory is not followed elsewhere.
func TestALinkIsNoStateDirectory(t *testing.T) {
	root, other := newWorkspace(t), newWorkspace(t)
	h := startHub(t, other)
	if err := os.Symlink(bonesdir.At(other).State, bonesdir.At(root).State); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Attach(t.Context(), root); !errors.Is(err, bonesdir.ErrUntrusted) {
		t.Errorf("Attach = %v", err)
	}
	if err := hub.Stop(root, hub.WithForce(true)); !errors.Is(err, bonesdir.ErrUntrusted) {
		t.Errorf("Stop = %v", err)
	}
	if _, err := bonesdir.At(other).ReadPID(); err != nil {
		t.Errorf("the other hub's record: %v", err)
	}
	if st := statusOf(t, h); st.Phase != hub.PhaseReady {
		t.Errorf("the other hub is %s", st.Phase)
	}
}

func TestStopSignalsNobodyForARecycledPID(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	victim := exec.Command("sleep", "60")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- victim.Wait() }()
	defer func() { _ = victim.Process.Kill(); <-ended }()

	recordOldPID(t, root, victim.Process.Pid)
	if _, ok := hub.IsRunning(root); ok {
		t.Error("a process that started after hub.pid was written counts as the hub")
	}
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Errorf("Stop = %v", err)
	}
	if err := victim.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the victim is gone: %v", err)
	}
	startHub(t, root)
}
