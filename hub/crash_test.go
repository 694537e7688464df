package hub_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// stepsOf runs a hub from start to end and returns the names of all its steps.
func stepsOf(tb testing.TB, root string) (do, undo []string) {
	tb.Helper()
	h, err := hub.New(root)
	if err != nil {
		tb.Fatal(err)
	}
	var mu sync.Mutex
	hub.AtStep(h, func(step string, undoing bool) error {
		mu.Lock()
		defer mu.Unlock()
		if name := faultName(step, undoing); undoing {
			undo = append(undo, name)
		} else if !slices.Contains(do, name) {
			do = append(do, name)
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(tb, h)
	stopHub(tb, h)
	return do, undo
}

func TestEveryStepOfTheStartMayFail(t *testing.T) {
	root := newWorkspace(t)
	steps, _ := stepsOf(t, newWorkspace(t))
	injected := errors.New("injected")
	for _, fault := range steps {
		h, err := hub.New(root)
		if err != nil {
			t.Fatal(err)
		}
		hub.AtStep(h, func(step string, undo bool) error {
			if faultName(step, undo) == fault {
				return injected
			}
			return nil
		})
		err = h.Run(t.Context())
		var start *hub.StartError
		if !errors.Is(err, injected) || !errors.As(err, &start) || !strings.Contains(err.Error(), start.Step) {
			t.Errorf("%s: Run = %v", fault, err)
		}
		if pid, ok := hub.IsRunning(root); ok {
			t.Errorf("%s: hub.pid names %d", fault, pid)
		}
		l, err := owner.Take(bonesdir.At(root))
		if errors.Is(err, owner.ErrLocked) {
			t.Errorf("%s: the lock is held", fault)
		} else if err == nil {
			_ = l.Close()
		}
	}
	if st := statusOf(t, startHub(t, root)); *st.Fossil.CheckIns != 1 {
		t.Errorf("after %d failures there are %d check-ins", len(steps), *st.Fossil.CheckIns)
	}
	t.Logf("%d steps failed", len(steps))
}

func TestEveryStepMayCrash(t *testing.T) {
	root := newWorkspace(t)
	do, undo := stepsOf(t, root)
	tip := mustTip(t, root)
	all := append(do, undo...)
	n := rounds(3, 20*len(all))
	var slowest time.Duration
	for i := range n {
		fault := all[rand.IntN(len(all))]
		if n >= len(all) {
			fault = all[i%len(all)]
		}
		p := spawnHub(t, root, fault)
		select {
		case err := <-p.ended:
			if p.ended <- err; err == nil || !strings.Contains(err.Error(), "killed") {
				t.Errorf("%s: the hub ended with %v", fault, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: the hub did not reach it", fault)
		}
		killAll(root) // the keeper, if it had one by then, and what that has started
		begin := time.Now()
		h := startHub(t, root)
		slowest = max(slowest, time.Since(begin))
		if st := statusOf(t, h); st.Fossil.Tip == nil || st.Fossil.Tip.UUID != tip {
			t.Errorf("%s: the tip is %v", fault, st.Fossil.Tip)
		}
		stopHub(t, h)
	}
	t.Logf("%d crashes in %d different steps, 0 repairs, slowest restart %s", n, min(n, len(all)), slowest)
}

func mustTip(tb testing.TB, root string) string {
	tb.Helper()
	r := openTrunk(tb, root)
	defer r.Close()
	ci, err := r.Tip(tb.Context(), "trunk")
	if err != nil {
		tb.Fatal(err)
	}
	return ci.UUID
}

// TestKilledAtAnyMoment kills the hub in its start, at work and while it hands over,
// under clients that publish, renew leases and push check-ins. Nothing that a client
// was told to be done may be missing, and nobody may have to repair anything.
func TestKilledAtAnyMoment(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	t.Cleanup(func() { killAll(root) })
	c := startClients(t, root)
	n := rounds(4, 1000)
	var slowest time.Duration
	kinds := map[string]int{}
	for i := range n {
		kind := []string{"at work", "in the start", "at the hand-over", "at work"}[i%4]
		kinds[kind]++
		killOnce(t, root, kind)
		h, took := restart(t, root)
		slowest = max(slowest, took)
		c.check(h, i == n-1)
		if told := statusOf(t, h).Incidents; len(told) > 0 {
			t.Errorf("killed %s, nothing is lost, and it tells %+v", kind, told)
		}
		stopHub(t, h)
		if t.Failed() {
			t.Fatalf("in round %d, killed %s", i, kind)
		}
	}
	c.stop()
	if *torture > 0 && slowest > 2*time.Second {
		t.Errorf("slowest restart %s", slowest)
	}
	t.Logf("%d kills (%v): %d messages, %d leases, %d check-ins acknowledged, 0 lost, 0 repairs, slowest restart %s",
		n, kinds, len(c.messages), c.leases, len(c.checkIns), slowest)
}

// restart starts a hub in this process, and ends heirs of a hand-over that were still
// on their way.
func restart(tb testing.TB, root string) (*hub.Hub, time.Duration) {
	tb.Helper()
	for {
		begin := time.Now()
		h, err := hub.New(root)
		if err != nil {
			tb.Fatal(err)
		}
		go func() { _ = h.Run(context.Background()) }()
		select {
		case <-h.Ready():
			return h, time.Since(begin)
		case <-h.Done():
		}
		var running *hub.RunningError
		if !errors.As(h.Err(), &running) {
			tb.Fatal(h.Err())
		}
		killAll(root, running.PID)
	}
}

func killOnce(tb testing.TB, root, kind string) {
	tb.Helper()
	p := spawnHub(tb, root, "")
	if kind == "in the start" {
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		p.kill()
		killAll(root)
		return
	}
	if !awaitHub(tb, root, 20*time.Second) {
		tb.Fatal("the hub is not ready")
	}
	time.Sleep(time.Duration(50+rand.IntN(200)) * time.Millisecond)
	var heirs []int
	if kind == "at the hand-over" {
		_ = p.cmd.Process.Signal(syscall.SIGUSR1)
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		heirs = p.family()
		if rand.IntN(2) == 0 { // the heir dies first
			killAll(root, heirs...)
			time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		}
	}
	p.kill()
	time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
	killAll(root, heirs...)
}
