package hub_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/internal/reference"
	"bones-tui/hub/registry"
)

// A stop that was asked for ends everything, at whatever moment of a change it comes and
// whomever hub.pid names then. Nobody follows, and no keeper is left.

// TestStopAtEveryStepOfAChange has the signal come exactly at each step.
func TestStopAtEveryStepOfAChange(t *testing.T) {
	all := steps(t)
	a := newArena(t)
	kinds := []string{"hand-over", "restart in place", "death"}
	n := rounds(3, len(all)*len(kinds))
	dealt := 0
	for i := range n {
		kind, step := kinds[i%len(kinds)], all[(i/len(kinds))%len(all)]
		if n < len(all)*len(kinds) {
			step = all[rand.IntN(len(all))]
		}
		if i > 0 {
			spawnHub(t, a.root, "")
		}
		f := a.settle()
		b := blow{At: step, Whom: whoIsNamed, Root: a.root, Signal: syscall.SIGTERM}
		if err := b.prepare(a.home); err != nil {
			t.Fatal(err)
		}
		run := a.run()
		changes[kind](a, f)
		if a.awaitBlow(run) {
			dealt++
		} else { // the change has no such step
			f = a.settle()
			_ = syscall.Kill(f.hub, syscall.SIGTERM)
		}
		a.isOver(t, kind+", stopped at "+step, kind != "death")
	}
	a.checkWords()
	t.Logf("%d stops at %d steps of %d kinds of change, %d of them in passing: nobody is left", n, len(all), len(kinds), dealt)
}

// awaitBlow waits until the blow was dealt, or the change is over without it.
func (a *arena) awaitBlow(run string) (dealt bool) {
	within(a.tb, time.Minute, "dealt", func() bool {
		if a.dealt() {
			return true
		}
		_, why := a.look()
		return why == "" && a.another(run)
	})
	return callOff(a.home)
}

// TestStopAtAnyMomentOfAChange stops by the two commands, at random moments.
func TestStopAtAnyMomentOfAChange(t *testing.T) {
	a := newArena(t)
	kinds := []string{"hand-over", "restart", "reseed", "restart in place", "death"}
	n := rounds(2, 300)
	for i := range n {
		kind := kinds[rand.IntN(len(kinds))]
		if i > 0 {
			spawnHub(t, a.root, "")
		}
		asked := changes[kind](a, a.settle())
		time.Sleep(rand.N(500 * time.Millisecond)) // a random moment
		stop, by := func() error { return hub.Stop(a.root, hub.WithForce(true)) }, "hub.Stop"
		if i%2 == 0 && kind != "death" { // it signals nobody while hub.pid names the dead one
			stop, by = func() error { return reference.Stop(a.root) }, "the reference"
		}
		if asked != nil {
			asked.kill() // it would start another after the stop
		}
		if err := stop(); err != nil {
			t.Errorf("%s, %s: %v", kind, by, err)
		}
		a.isOver(t, kind+", stopped by "+by, true)
	}
	a.checkWords()
	t.Logf("%d stops at random moments: nobody is left", n)
}

// isOver fails the test unless nobody and no record of anybody is left. A keeper that ends
// by a signal does not know the registry.
func (a *arena) isOver(t *testing.T, what string, registered bool) {
	t.Helper()
	if err := a.gone(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if rec, err := a.dir.ReadPID(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: hub.pid names %d, %v", what, rec.PID, err)
	}
	if pid := a.dir.LockHolder(); pid != 0 {
		t.Errorf("%s: hub.lock.pid names %d", what, pid)
	}
	if row, err := registry.Read(os.Getenv("HOME"), a.root); registered && err == nil {
		t.Errorf("%s: the registry names %d", what, row.HubPID)
	}
}
