package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/internal/family"
)

// keep sees to it that there is a keeper: the one that is there learns how to start the
// hub from now on. lost is called if it dies, with what came of starting another.
func (t *tenure) keep(settings json.RawMessage, lost func(error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	spec := family.Spec{
		Part: family.Keeper, Root: t.dir.Root, Settings: settings,
		Deaths: t.losses.count, DeadPID: t.losses.pid, DiedAt: t.losses.at,
	}
	t.spec, t.lost = spec, lost
	if t.keeper != nil {
		if t.keeper.link.Send(family.Message{Word: family.Renew, Spec: &spec, File: t.listener}) == nil {
			return nil
		}
		t.keeper.reap() // it has just died
		t.keeper = nil
	}
	return t.hire()
}

// hire starts a keeper.
func (t *tenure) hire() error {
	if !servesChild.Load() {
		return nil // this program cannot be one
	}
	out, err := inside.OpenAppend(t.dir.State, t.dir.StderrLog(), 0o600)
	if err != nil {
		return fmt.Errorf("hub: start keeper: %w", err)
	}
	defer func() { _ = out.Close() }()
	p, err := family.Start(t.spec, family.Passed{Lock: t.lock.File(), Listener: t.listener, Output: out})
	if errors.Is(err, errors.ErrUnsupported) {
		return nil // here a hub has none
	}
	if err != nil {
		return fmt.Errorf("hub: start keeper: %w", err)
	}
	t.adopt(p.Control, p)
	return nil
}

// hireEvery is how often a keeper is started, if it cannot live.
const hireEvery = time.Second

// adopt makes a process the keeper, and hires another one when it ends before it may.
func (t *tenure) adopt(link *family.Link, child *family.Process) {
	k, hired := &keeper{link, child, make(chan struct{})}, time.Now()
	t.keeper = k
	t.watches.Go(func() {
		for err := error(nil); !errors.Is(err, io.EOF); { // a keeper says nothing
			_, err = link.Receive()
		}
		close(k.gone)
		select {
		case <-t.over:
			return
		case <-time.After(time.Until(hired.Add(hireEvery))):
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.keeper != k {
			return
		}
		k.reap()
		t.keeper = nil
		if t.lost != nil { // else the first hub hires one
			t.lost(t.hire())
		}
	})
}

// reap takes a keeper that has ended off the process table.
func (k *keeper) reap() {
	if k.child != nil {
		k.child.Kill() // it may still be ending
	}
	_ = k.link.Close()
}

// release lets go of a keeper that goes on.
func (k *keeper) release() error {
	if k.child != nil {
		return k.child.Release()
	}
	return k.link.Close()
}

// retire takes the keeper away, so that nobody starts the hub again. A predecessor that
// waits for this hub is told, first of all: it would take the end of the keeper, and then
// that of this process, for deaths.
func (t *tenure) retire() {
	_ = t.control.Say(family.Stop)
	t.without().dismiss(t.dir)
	t.watches.Wait()
}

// dismiss ends a keeper, and waits until it has let go of the lock and the port.
func (k *keeper) dismiss(d bonesdir.Dir) {
	switch {
	case k == nil:
	case k.child != nil:
		k.child.Kill()
	default:
		_ = k.link.Say(family.End)
		select {
		case <-k.gone:
		case <-time.After(keeperWithin): // it is stopped or stuck
			dismissKeepers(context.Background(), d)
		}
		_ = k.link.Close()
	}
}

// without returns the keeper, which this tenure no longer has.
func (t *tenure) without() *keeper {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.keeper
	t.keeper = nil
	if !t.closed {
		close(t.over)
		t.closed = true
	}
	return k
}

// servesChild records that main called ServeChild.
var servesChild atomic.Bool
