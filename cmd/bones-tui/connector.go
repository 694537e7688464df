package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"bones-tui/hub"
	"bones-tui/slots"
	"bones-tui/tui"
)

// connector makes sessions: over the hub that runs, or over one of its own.
type connector struct {
	root   string
	flags  dashboardFlags
	runCtx context.Context // of hubs of our own: they end by Shutdown, not with a key's context

	mu    sync.Mutex
	owned *hub.Hub
	runs  sync.WaitGroup
}

// connectPoll is how often one looks at a hub that another process is bringing up.
const connectPoll = 50 * time.Millisecond

// connect attaches to the hub that runs, else starts one in this process.
func (c *connector) connect(ctx context.Context) (tui.Session, error) {
	if h := c.parked(); h != nil {
		next, err := h.Successor(c.flags.options()...)
		if err != nil {
			return tui.Session{}, err
		}
		return c.run(next)
	}
	for {
		s, err := c.attach(ctx)
		switch {
		case errors.Is(err, hub.ErrUncertain):
			return s, &tui.RefusedError{Err: err}
		case errors.Is(err, hub.ErrStarting): // it listens soon, or is gone again
			if err := pause(ctx, connectPoll); err != nil {
				return s, err
			}
			continue
		case !errors.Is(err, hub.ErrNotRunning):
			return s, err
		case c.flags.readOnly:
			return s, &tui.RefusedError{Err: fmt.Errorf("no hub runs in %s, and --read-only starts none", c.root)}
		}
		if s, err = c.own(); !errors.Is(err, hub.ErrRunning) {
			return s, err
		}
		if err := pause(ctx, connectPoll); err != nil { // another process is just bringing one up
			return tui.Session{}, err
		}
	}
}

// pause waits, or returns the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (c *connector) attach(ctx context.Context) (tui.Session, error) {
	r, err := hub.Attach(ctx, c.root)
	if err != nil {
		return tui.Session{}, err
	}
	files := hub.NewSurveyor(c.root)
	w := slots.Watch(c.root, r.Conn(), slots.WithWork(files.Work))
	a := &lazyActivity{root: c.root, conn: r.Conn, files: files}
	return tui.Session{Hub: r, Slots: w, Inspector: r.Inspector(), Activity: a, Close: func() error {
		return errors.Join(w.Close(), a.Close(), files.Close(), r.Close())
	}}, nil
}

// running is the hub that one can attach to. One that this process has just given up may
// still be ending.
func (c *connector) running() (pid int, ok bool) {
	o := hub.Whose(c.root)
	return o.PID, o.Answer == hub.OwnedHeld && o.Serving && o.PID != os.Getpid()
}

// own starts a hub in this process and returns once it is past the point where
// it could find that another one exists, or that it must not be started.
func (c *connector) own() (tui.Session, error) {
	h, err := newHub(c.root, &c.flags.hubFlags)
	if err != nil {
		return tui.Session{}, err
	}
	return c.run(h)
}

// run runs a hub in this process.
func (c *connector) run(h *hub.Hub) (tui.Session, error) {
	c.runs.Go(func() { _ = h.Run(c.runCtx) }) // its error is Err's
	select {
	case <-h.Locked():
	case <-h.Done():
		if err := h.Err(); err != nil {
			return tui.Session{}, &tui.RefusedError{Err: err}
		}
	}
	c.mu.Lock()
	c.owned = h
	c.mu.Unlock()
	s := &ownedSlots{root: c.root, hub: h, files: hub.NewSurveyor(c.root)}
	a := &lazyActivity{root: c.root, conn: s.conn, files: s.files}
	return tui.Session{Hub: h, Slots: s, Inspector: h.Inspector(), Activity: a, Owned: true, Drain: h.Drain, Close: func() error {
		return errors.Join(s.Close(), a.Close(), s.files.Close())
	}}, nil
}

// parked is the hub of this process that has ended for a restart, nil if there is none.
func (c *connector) parked() *hub.Hub {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owned == nil || !c.owned.Parked() {
		return nil
	}
	return c.owned
}

// background hands the hub of this process over to a detached one.
func (c *connector) background(ctx context.Context) error {
	c.mu.Lock()
	h := c.owned
	c.mu.Unlock()
	if h == nil {
		return errors.New("the hub is not ours to hand over")
	}
	return h.HandOver(ctx)
}

// reseed puts a fresh repository into the place of the old one, with no hub running.
func (c *connector) reseed(ctx context.Context) (hub.Reseeded, error) {
	if h := c.parked(); h != nil {
		return h.Reseed(ctx)
	}
	return hub.Reseed(ctx, c.root)
}

// replace has another process's hub make way for a detached one.
func (c *connector) replace(ctx context.Context, force, reseed bool) (hub.Restarted, error) {
	return hub.Restart(ctx, c.root, hub.RestartOptions{
		Start: c.flags.options(), Stop: []hub.StopOption{hub.WithForce(force)}, Reseed: reseed,
	})
}

// handOverWithin bounds a hand-over that nobody sees.
const handOverWithin = time.Minute

// close ends a hub of our own, if the screen ended without doing so, and waits. After a
// panic nobody has asked for its end: it is handed over.
func (c *connector) close(panicked bool) error {
	c.mu.Lock()
	h := c.owned
	c.mu.Unlock()
	if h == nil {
		return nil
	}
	if panicked {
		ctx, cancel := context.WithTimeout(context.Background(), handOverWithin)
		defer cancel()
		if err := h.HandOver(ctx); err == nil {
			c.runs.Wait()
			return nil
		}
	}
	err := h.Shutdown(context.Background(), hub.WithForce(true))
	c.runs.Wait()
	if errors.Is(err, hub.ErrMoved) { // or ended elsewhere long ago
		err = nil
	}
	return errors.Join(err, h.LetGo())
}
