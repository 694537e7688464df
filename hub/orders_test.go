package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
)

// What a hub process of the tests does at a signal: hand over to a detached one, restart
// in this process, and the same with a reseed in between.
const (
	orderHandOver = syscall.SIGUSR1
	orderRestart  = syscall.SIGUSR2
	orderReseed   = syscall.SIGALRM
)

// serveOrders runs a hub, and those that follow it in this process, until a signal of
// signals drains it. Its orders come by signals of their own.
func serveOrders(h *hub.Hub, signals <-chan os.Signal) error { return serveFaulty(h, "", signals) }

// serveFaulty is serveOrders of a hub that kills itself at a step.
func serveFaulty(h *hub.Hub, fault string, signals <-chan os.Signal) error {
	orders := make(chan os.Signal, 4)
	signal.Notify(orders, orderHandOver, orderRestart, orderReseed)
	defer signal.Stop(orders)
	for {
		hub.AtStep(h, func(step string, undo bool) error {
			if name := faultName(step, undo); name == fault {
				kill(os.Getpid(), syscall.SIGKILL)
			} else {
				strike(name)
			}
			return nil
		})
		obeyed := make(chan bool, 1)
		go func() { obeyed <- obey(h, orders) }()
		err := hub.RunUntil(h, signals)
		reseed := <-obeyed
		if !h.Parked() {
			return err
		}
		if h, err = h.Successor(hub.WithReseed(reseed)); err != nil {
			return err
		}
	}
}

// obey follows orders until the hub has ended, and reports whether to reseed then.
func obey(h *hub.Hub, orders <-chan os.Signal) (reseed bool) {
	for {
		var order os.Signal
		select {
		case <-h.Done():
			return reseed
		case order = <-orders:
		}
		var err error
		switch order {
		case orderHandOver:
			err = h.HandOver(context.Background())
		case orderRestart, orderReseed:
			reseed = order == orderReseed
			err = h.Shutdown(context.Background(), hub.WithForce(true), hub.WithRestart(true))
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "order %s: %v\n", order, err)
		}
	}
}

// testArenaEnv names a directory. All processes with the same one belong together, and
// their hubs look there for a blow.
const testArenaEnv = "BONES_TEST_ARENA"

// blow is a signal that is sent when a hub reaches a step, once.
type blow struct {
	At     string         `json:"at"` // "do step" of a start, "undo step" of an end
	Whom   int            `json:"whom"`
	Root   string         `json:"root"`
	Signal syscall.Signal `json:"signal"`
}

// Whom a blow meets, if not the process of that number.
const (
	whoReaches = 0  // the process that reaches the step
	whoIsNamed = -1 // the one that hub.pid names then
)

func blowFile(arena string) string { return filepath.Join(arena, "blow") }

// prepare has the next hub that reaches the step deal the blow.
func (b blow) prepare(arena string) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	private := blowFile(arena) + ".new"
	if err := os.WriteFile(private, text, 0o600); err != nil {
		return err
	}
	return os.Rename(private, blowFile(arena))
}

// callOff reports whether a blow was dealt; if not, it is not dealt any more.
func callOff(arena string) (dealt bool) { return os.Remove(blowFile(arena)) != nil }

// strike deals the blow that waits for this step of a hub of this process.
func strike(step string) {
	arena := os.Getenv(testArenaEnv)
	if arena == "" {
		return
	}
	text, err := os.ReadFile(blowFile(arena))
	if err != nil {
		return // there is none
	}
	var b blow
	if err := json.Unmarshal(text, &b); err != nil || b.At != step || !callOn(arena) {
		return
	}
	switch b.Whom {
	case whoReaches:
		b.Whom = os.Getpid()
	case whoIsNamed:
		rec, err := bonesdir.At(b.Root).ReadPID()
		if err != nil {
			return // then there is nobody to meet
		}
		b.Whom = rec.PID
	}
	kill(b.Whom, b.Signal)
}

// callOn takes the blow, which no other process then can.
func callOn(arena string) bool {
	return os.Rename(blowFile(arena), blowFile(arena)+"."+strconv.Itoa(os.Getpid())) == nil
}

// kill signals a process, and does not return if it has killed its own.
func kill(pid int, s syscall.Signal) {
	_ = syscall.Kill(pid, s)
	if s == syscall.SIGKILL && pid == os.Getpid() {
		select {}
	}
}
