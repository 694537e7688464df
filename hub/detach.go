package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"bones-tui/hub/internal/family"
)

// exitRunning tells whoever started the process that another hub was faster.
const exitRunning = 3

// ServeChild makes WithDetach, HandOver and the keeper of a hub work: call it first thing
// in main. It returns at once in every process but those that a hub has started; there it
// serves the hub until SIGTERM, SIGINT or SIGHUP, or keeps it, and exits the process: 0
// after a clean end, 3 if there is a hub already, 1 after another error, which it prints.
func ServeChild() {
	servesChild.Store(true)
	spec := os.Getenv(family.Env)
	if spec == "" {
		return
	}
	err := serveChild(spec)
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // lands in hub.stderr.log
	}
	switch {
	case err == nil:
		os.Exit(0)
	case errors.Is(err, ErrRunning):
		os.Exit(exitRunning)
	default:
		os.Exit(1)
	}
}

func serveChild(value string) error {
	spec, estate, err := family.Parse(value)
	if err != nil {
		return fmt.Errorf("hub: detached: %w", err)
	}
	if spec.Part == family.Keeper {
		return family.Keep(spec, estate)
	}
	var c childSettings
	if err := json.Unmarshal(spec.Settings, &c); err != nil {
		return fmt.Errorf("hub: detached: read settings: %w", err)
	}
	h, err := New(spec.Root, c.options()...)
	if err != nil {
		return err
	}
	h.tenure = inherit(spec, estate)
	h.heir = h.tenure.lock != nil
	h.revived = h.heir && spec.Part == family.Hub
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	return runChild(h, signals)
}

// runChild is how a process that a hub has started runs its own. Tests have it take orders.
var runChild = (*Hub).runUntil

// runUntil runs the hub until a signal drains it; the second one cuts. It ends also a hub
// that is to follow this one.
func (h *Hub) runUntil(signals <-chan os.Signal) error {
	ctx, drain := context.WithCancel(context.Background())
	defer drain()
	var listening sync.WaitGroup
	listening.Go(func() {
		for range 2 {
			select {
			case <-signals:
				h.stopAll(ctx.Err() != nil)
				drain()
			case <-h.done:
				return
			}
		}
	})
	err := h.Run(ctx)
	listening.Wait()
	if ctx.Err() != nil && h.Parked() {
		err = errors.Join(err, h.LetGo())
	}
	return err
}

// startDetached starts a hub in a process of its own and waits until it says
// that it is ready, or has exited.
func (h *Hub) startDetached(ctx context.Context) error {
	_, err := h.spawnReady(ctx)
	return err
}

// spawnReady is startDetached, and returns the pid of that process.
func (h *Hub) spawnReady(ctx context.Context) (pid int, err error) {
	if err := h.Check(ctx); err != nil {
		return 0, err
	}
	if err := h.dir.Create(); err != nil {
		return 0, err
	}
	child, err := h.spawnChild()
	if err != nil {
		return 0, err
	}
	return child.process.PID, child.awaitReady(ctx)
}

func (h *Hub) spawnChild() (*child, error) {
	if !servesChild.Load() {
		return nil, ErrNoServeChild
	}
	out, err := openStderrLog(h.dir.StderrLog())
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	spec := family.Spec{Part: family.Hub, Root: h.dir.Root, Settings: h.childSettings(h.set.reseed)}
	passed := family.Passed{Output: out}
	if h.spare != nil {
		passed.Lock = h.spare.File()
		defer func() { _ = h.spare.Close() }() // it is the process's from here on
	}
	p, err := family.Start(spec, passed)
	if err != nil {
		return nil, fmt.Errorf("hub: detach: %w", err)
	}
	return &child{dir: h.dir, process: p}, nil
}

// awaitReady races the hub's own word that it is ready against its exit.
func (c *child) awaitReady(ctx context.Context) error {
	ready := make(chan bool, 1)
	go func() { ready <- c.ready(ctx) }() // ends with the process, whatever happens
	select {
	case ok := <-ready:
		if ok {
			return c.process.Release()
		}
		code, how := c.process.Wait()
		_ = c.process.Control.Close() // nobody is at the other end
		if code == exitRunning {
			return ErrRunning
		}
		return c.died(how)
	case <-ctx.Done():
		c.process.End(ForcedDrainTimeout+afterCut, func() { dismissKeepers(context.Background(), c.dir) })
		<-ready
		return c.died(ctx.Err())
	}
}

// ready waits for the process's word, and reports false when it has ended instead.
func (c *child) ready(ctx context.Context) bool {
	if c.process.Control == nil { // it cannot speak here
		pid, err := awaitServing(ctx, c.dir)
		return err == nil && pid == c.process.PID
	}
	m, err := c.process.Control.Receive()
	return err == nil && m.Word == family.Ready
}
