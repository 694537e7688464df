package hub

import (
	"context"
	"errors"
	"net"
	"os"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/family"
	"bones-tui/hub/internal/owner"
)

func newTenure(d bonesdir.Dir) *tenure { return &tenure{dir: d, over: make(chan struct{})} }

// inherit makes a tenure of what this process was started with.
func inherit(s family.Spec, e family.Estate) *tenure {
	d := bonesdir.At(s.Root)
	t := newTenure(d)
	t.listener, t.control, t.heir = e.Listener, e.Control, s.Part == family.Heir
	t.losses = losses{s.Deaths, s.DeadPID, s.DiedAt}
	if e.Lock != nil {
		t.lock = owner.Inherit(d, e.Lock)
	}
	if e.Keeper != nil {
		t.adopt(e.Keeper, nil)
	}
	return t
}

// take takes the workspace's lock, unless it came with the inheritance.
func (t *tenure) take() (err error) {
	if t.lock != nil && t.lock.InPlace() {
		return nil
	}
	fresh, err := owner.Take(t.dir)
	if err != nil {
		return err
	}
	if t.lock != nil { // its file was removed: it excludes nobody, and nor does the keeper's
		t.mu.Lock()
		k := t.keeper
		t.keeper = nil
		t.mu.Unlock()
		k.dismiss(t.dir)
		err = t.lock.Close()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lock = fresh
	return err
}

// standBy tells the predecessor that everything is checked, and waits until it says go,
// or is gone. If ctx ends first, the predecessor is told that nobody shall follow.
func (t *tenure) standBy(ctx context.Context) error {
	if !t.heir {
		return nil
	}
	t.heir = false
	if err := t.control.Say(family.StandingBy); err != nil {
		return nil //nolint:nilerr // it has just died: then this is the time
	}
	gone := make(chan struct{})
	go func() { // until the predecessor speaks or ends, and it does one of them
		defer close(gone)
		_, _ = t.control.Receive()
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	_ = t.control.Say(family.Stop) // if it is gone there is nobody to tell
	<-gone
	return ctx.Err()
}

// tellReady tells whoever has started this process that the hub is up.
func (t *tenure) tellReady() {
	_ = t.control.Say(family.Ready) // who does not wait any more need not know
	_ = t.control.Close()
	t.control = nil
}

// bind returns a listener on the Fossil port: the family's, or one that listen makes and
// that is the family's from then on.
func (t *tenure) bind(pinned int, listen func() (net.Listener, error)) (net.Listener, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.listener != nil {
		l, err := net.FileListener(t.listener)
		if err == nil && (pinned == 0 || l.Addr().(*net.TCPAddr).Port == pinned) {
			return l, nil
		}
		if err == nil {
			_ = l.Close() // another port is wanted
		}
		_ = t.listener.Close()
		t.listener = nil
	}
	l, err := listen()
	if err != nil {
		return nil, err
	}
	if t.listener, err = l.(*net.TCPListener).File(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// admit returns what a successor is started with, whom the keeper looks after too. A keeper
// that has just died is done without: the successor hires its own.
func (t *tenure) admit() (family.Passed, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lock == nil {
		return family.Passed{}, ErrNotRunning // the hub has ended meanwhile
	}
	p := family.Passed{Lock: t.lock.File(), Listener: t.listener}
	if t.keeper == nil {
		return p, nil
	}
	link, theirs, err := family.SocketPair()
	if err != nil {
		return p, err
	}
	defer func() { _ = link.Close() }() // the keeper has its own
	if t.keeper.link.Send(family.Message{Word: family.Member, File: link}) != nil {
		return p, theirs.Close()
	}
	p.Keeper = theirs
	return p, nil
}

// end lets go of everything: the hub has ended as it was asked to.
func (t *tenure) end() error {
	t.retire()
	var err error
	if t.lock != nil && t.lock.InPlace() { // else the record there is of another holder
		err = t.dir.ForgetHolder(os.Getpid())
	}
	return errors.Join(err, t.close())
}

// pass lets go of what another process of the family goes on with. Unless it does so in
// good order, the keeper takes care that somebody does.
func (t *tenure) pass(inOrder bool) error {
	var err error
	if k := t.without(); k != nil {
		if inOrder {
			_ = k.link.Say(family.Bye) // a dead keeper needs no goodbye
		}
		err = k.release()
	}
	err = errors.Join(err, t.close())
	t.watches.Wait()
	return err
}

func (t *tenure) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	errs := []error{t.control.Close()}
	if t.listener != nil {
		errs = append(errs, t.listener.Close())
	}
	if t.lock != nil {
		errs = append(errs, t.lock.Close())
	}
	t.control, t.listener, t.lock = nil, nil, nil
	return errors.Join(errs...)
}

// tenancy returns the tenure, which begins with the first question for it.
func (h *Hub) tenancy() *tenure {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tenure == nil {
		h.tenure = newTenure(h.dir)
	}
	return h.tenure
}
