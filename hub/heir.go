package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"bones-tui/hub/internal/family"
)

// call starts the process that shall take this hub's place, and returns once it stands by.
// Until then nothing has changed: after an error it is gone.
func (h *Hub) call(ctx context.Context, t *tenure, settings json.RawMessage) (*heir, error) {
	if !servesChild.Load() {
		return nil, ErrNoServeChild
	}
	out, err := openStderrLog(h.dir.StderrLog())
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	passed, err := t.admit()
	if err != nil {
		return nil, fmt.Errorf("hub: hand over: %w", err)
	}
	passed.Output = out
	p, err := family.Start(family.Spec{
		Part: family.Heir, Root: h.dir.Root, Settings: settings,
		Deaths: t.losses.count, DeadPID: t.losses.pid, DiedAt: t.losses.at,
	}, passed)
	if err != nil {
		return nil, fmt.Errorf("hub: hand over: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, standByWithin, errNeverStoodBy)
	defer cancel()
	e := &heir{process: p, said: make(chan family.Word, 4)}
	go e.listen() // until the process ends or its link is closed
	select {
	case w, ok := <-e.said:
		if ok && w == family.StandingBy {
			return e, nil
		}
		_, how := p.Wait()
		return nil, errors.Join((&child{dir: h.dir}).died(how), p.Control.Close())
	case <-ctx.Done():
		p.Kill()
		return nil, fmt.Errorf("hub: hand over: %w", context.Cause(ctx))
	}
}

// standByWithin is how long an heir may take to check everything: it reads git.
const standByWithin = 30 * time.Second

var errNeverStoodBy = errors.New("the new process did not get ready to take over in time, and was ended")

// listen passes on what the heir says.
func (e *heir) listen() {
	defer close(e.said)
	for {
		m, err := e.process.Control.Receive()
		if err != nil {
			return
		}
		e.said <- m.Word
	}
}

// Limits of a hand-over after the predecessor has let go of its stores.
const (
	heirWithin   = 2 * time.Minute  // for an heir to become ready: it may have a large store to recover
	reviveWithin = 20 * time.Second // for another one, if it has died
)

// handOn lets the heir go on, and waits until it, or whoever came for it, is ready.
func (h *Hub) handOn(t *tenure, e *heir) error {
	h.at("go")
	_ = e.process.Control.Say(family.Go) // if it has died the next lines say so
	limit := time.NewTimer(heirWithin)
	defer limit.Stop()
	for {
		select {
		case w, ok := <-e.said:
			switch {
			case !ok:
				return h.outlive(t, e)
			case w == family.Ready:
				e.moved = true
				h.at("bye")
				return errors.Join(t.pass(true), e.process.Release())
			case w == family.Stop:
				return h.standDown(t, e)
			}
		case <-limit.C:
			return errors.Join(&TakeOverError{PID: e.process.PID, Err: context.DeadlineExceeded}, t.pass(true), e.process.Release())
		}
	}
}

// standDown ends everything: the heir was told to stop while it stood by, and recorded as
// the hub.
func (h *Hub) standDown(t *tenure, e *heir) error {
	t.retire()
	_ = e.process.Control.Close() // for this it waits
	_, _ = e.process.Wait()       // it fails, for it has not come up
	return errors.Join(h.forget(t, os.Getpid(), e.process.PID), t.end())
}

// outlive leaves the workspace to the keeper, whose heir has died, and waits for the hub
// that it starts.
func (h *Hub) outlive(t *tenure, e *heir) error {
	pid := e.process.PID
	_, how := e.process.Wait()
	died := (&child{dir: h.dir}).died(how)
	if err := errors.Join(e.process.Control.Close(), t.pass(false)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), reviveWithin)
	defer cancel()
	switch _, err := awaitServing(ctx, h.dir); {
	case errors.Is(err, ErrNotRunning): // it has ended its keeper: it was told to stop
		return errors.Join(fmt.Errorf("hub: hand over: %w: %w", ErrNotRunning, died), h.dir.RemovePIDOf(pid), unregister(h.dir.Root, os.Getpid()))
	case err != nil:
		return &TakeOverError{PID: pid, Err: died}
	}
	e.moved = true
	return nil
}
