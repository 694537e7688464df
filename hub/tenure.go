package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/family"
	"bones-tui/hub/internal/owner"
)

// tenure is what makes a workspace this process's, beyond the life of one hub: the lock
// of the family, the listener that it shares, and the link to the keeper. A hub takes it
// or inherits it; when it ends the tenure ends too, or another hub goes on with it.
type tenure struct {
	dir      bonesdir.Dir
	lock     *owner.Lock
	listener *os.File     // of the Fossil server, nil before the first bind
	control  *family.Link // to the process that has started this one, nil if nobody has
	heir     bool         // the predecessor has not let go yet
	losses   losses

	mu      sync.Mutex
	keeper  *keeper
	over    chan struct{} // closed when no keeper is wanted any more
	closed  bool
	watches sync.WaitGroup
}

func newTenure(d bonesdir.Dir) *tenure { return &tenure{dir: d, over: make(chan struct{})} }

// losses tells of hubs of this workspace that died without having been asked to end.
type losses struct {
	count int
	pid   int // of the last one, 0 if not known
	at    time.Time
}

// keeper is the process that starts the hub again if it dies.
type keeper struct {
	link  *family.Link
	child *family.Process // nil if an earlier hub has started it
}

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
		t.keeper = &keeper{link: e.Keeper}
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
		if k := t.dismiss(); k != nil {
			_ = k.link.Say(family.End) // it may have ended by itself
			k.reap()
		}
		err = t.lock.Close()
	}
	t.lock = fresh
	return err
}

// dismiss returns the keeper, which is to be replaced.
func (t *tenure) dismiss() *keeper {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.keeper
	t.keeper = nil
	return k
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

// keep sees to it that there is a keeper: the one that is there learns how to start the
// hub from now on. lost is called if it dies, with what came of starting another.
func (t *tenure) keep(settings json.RawMessage, lost func(error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	spec := family.Spec{
		Part: family.Keeper, Root: t.dir.Root, Settings: settings,
		Deaths: t.losses.count, DeadPID: t.losses.pid, DiedAt: t.losses.at,
	}
	if t.keeper == nil {
		return t.hire(spec, lost)
	}
	err := t.keeper.link.Send(family.Message{Word: family.Renew, Spec: &spec, File: t.listener})
	if err != nil {
		return t.hire(spec, lost)
	}
	t.watch(spec, lost)
	return nil
}

// hire starts a keeper.
func (t *tenure) hire(spec family.Spec, lost func(error)) error {
	if !servesChild.Load() {
		return nil // this program cannot be one
	}
	out, err := bonesdir.OpenAppend(t.dir.StderrLog(), 0o600)
	if err != nil {
		return fmt.Errorf("hub: start keeper: %w", err)
	}
	defer func() { _ = out.Close() }()
	p, err := family.Start(spec, family.Passed{Lock: t.lock.File(), Listener: t.listener, Output: out})
	if err != nil || p.Control == nil {
		return err
	}
	t.keeper = &keeper{link: p.Control, child: p}
	t.watch(spec, lost)
	return nil
}

// hireEvery is how often a keeper is started, if it cannot live.
const hireEvery = time.Second

// watch hires another keeper when this one ends before it may.
func (t *tenure) watch(spec family.Spec, lost func(error)) {
	k, hired := t.keeper, time.Now()
	t.watches.Go(func() {
		_, _ = k.link.Receive() // a keeper says nothing
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
		lost(t.hire(spec, lost))
	})
}

// reap takes a keeper that has ended off the process table.
func (k *keeper) reap() {
	_ = k.link.Close()
	if k.child != nil {
		_, _ = k.child.Wait()
	}
}

// release lets go of a keeper that goes on.
func (k *keeper) release() error {
	if k.child != nil {
		return k.child.Release()
	}
	return k.link.Close()
}

// retire takes the keeper away, so that nobody starts the hub again.
func (t *tenure) retire() {
	k := t.without()
	switch {
	case k == nil:
	case k.child != nil:
		k.child.Kill()
	default:
		_ = k.link.Say(family.End)
		_, _ = k.link.Receive() // it has let go of the lock and the port
		_ = k.link.Close()
	}
	t.watches.Wait()
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

// admit makes a process the keeper's to look after too, and returns its end of the link.
func (t *tenure) admit() (*os.File, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keeper == nil {
		return nil, nil
	}
	link, theirs, err := family.SocketPair()
	if err != nil {
		return nil, err
	}
	defer func() { _ = link.Close() }() // the keeper has its own
	if err := t.keeper.link.Send(family.Message{Word: family.Member, File: link}); err != nil {
		return nil, errors.Join(err, theirs.Close())
	}
	return theirs, nil
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
