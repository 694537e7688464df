package family

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// backOff is how long a keeper waits before it starts the hub after the first, second, …
// death in a row. Tests set it, and steady.
var backOff = []time.Duration{0, time.Second, 5 * time.Second, 30 * time.Second}

// steady is how long a hub must have lived for its death to count as a first one.
var steady = time.Minute

// keeper holds the lock beside the hub, and starts the hub again when it dies. It ends
// when there is no hub any more and the newest has said Bye, at a hub's End, or by a signal.
type keeper struct {
	spec   Spec
	dir    bonesdir.Dir
	held   os.FileInfo // the state directory
	pin    *os.File    // held, open: while it is, no other directory gets its number
	lock   *os.File
	listen *os.File
	output *os.File

	events  chan event
	reading sync.WaitGroup
	members map[*Link]*member
	newest  *member   // perhaps gone: its goodbye decides
	born    time.Time // of the newest hub
	inRow   int       // deaths
}

// member is a hub, or a process that will be one.
type member struct {
	bye bool
	up  bool     // it has told us how to start it
	hub *Process // nil: not started by us
}

// event is a message of a member, or its end.
type event struct {
	from *Link
	msg  Message
	gone bool
}

// Keep is the life of a keeper. It returns when there is no hub to be kept.
func Keep(s Spec, e Estate) error {
	if e.Control == nil || e.Lock == nil {
		return errors.New("family: keep: there is no hub to be kept")
	}
	d := bonesdir.At(s.Root)
	held, err := os.Lstat(d.State)
	if err != nil {
		return fmt.Errorf("family: keep: %w", err)
	}
	pin, err := inside.OpenDir(d.State, d.State)
	if err != nil {
		return fmt.Errorf("family: keep: %w", err)
	}
	k := &keeper{
		spec: s, dir: d, held: held, pin: pin, lock: e.Lock, listen: e.Listener, output: os.Stderr,
		events: make(chan event), members: map[*Link]*member{}, born: time.Now(),
	}
	signal.Ignore(syscall.SIGHUP)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	k.add(e.Control, &member{})
	defer k.close()
	for len(k.members) > 0 {
		select {
		case <-signals:
			return k.onSignal(signals)
		case ev := <-k.events:
			end, orphaned := k.hear(ev)
			if end {
				return nil
			}
			if !orphaned {
				continue
			}
			if err := k.revive(signals); err != nil {
				return err
			}
		}
	}
	return nil
}

// onSignal ends the keeper's work because a signal says so. Who sends it has found the keeper in
// hub.pid and means the hub: one that the keeper has started and that has not come up yet,
// whether or not it has just recorded itself, is told to stop as well. A second signal ends
// the wait for it.
func (k *keeper) onSignal(signals <-chan os.Signal) error {
	starting := k.stopStarting()
	for starting > 0 {
		select {
		case <-signals:
			starting = 0
		case ev := <-k.events:
			if end, _ := k.hear(ev); end {
				starting = 0
			} else if ev.gone {
				starting--
			}
		}
	}
	return k.dir.RemovePIDOf(os.Getpid())
}

// stopStarting tells the hubs to stop that have not come up yet, and counts them.
func (k *keeper) stopStarting() (n int) {
	for _, m := range k.members {
		if m.hub != nil && !m.up {
			m.hub.Stop()
			n++
		}
	}
	return n
}

func (k *keeper) add(l *Link, m *member) {
	k.members[l], k.newest = m, m
	k.reading.Go(func() {
		for {
			msg, err := l.Receive()
			gone := errors.Is(err, io.EOF)
			if err != nil && !gone {
				continue // said in words that this release does not know
			}
			k.events <- event{l, msg, gone}
			if gone {
				return
			}
		}
	})
}

// close ends the conversations and waits for their readers.
func (k *keeper) close() {
	_ = k.pin.Close() // read only
	for l := range k.members {
		_ = l.Close()
	}
	done := make(chan struct{})
	go func() { k.reading.Wait(); close(done) }()
	for {
		select {
		case <-k.events:
		case <-done:
			return
		}
	}
}

// hear acts on an event: end if the keeper shall end, orphaned if no hub is left although
// the newest has not said goodbye. A hub that has does so for the sake of a newer one, which
// may die first.
func (k *keeper) hear(ev event) (end, orphaned bool) {
	if ev.gone {
		delete(k.members, ev.from)
		_ = ev.from.Close()
		return false, len(k.members) == 0 && !k.newest.bye
	}
	switch ev.msg.Word {
	case Bye:
		k.members[ev.from].bye = true
	case End:
		return true, false
	case Member:
		if l, err := NewLink(ev.msg.File); err == nil {
			k.add(l, &member{})
			k.born = time.Now()
		}
	case Renew:
		k.members[ev.from].up = true
		k.renew(ev.msg)
	case StandingBy, Listener, Go, Ready, Stop: // not said to a keeper
	}
	return false, false
}

func (k *keeper) renew(m Message) {
	if m.Spec != nil {
		k.spec.Settings = m.Spec.Settings
	}
	if m.File != nil {
		closeFile(k.listen)
		k.listen = m.File
	}
}

// revive starts the hub, after a while if it has died often. It gives up, without an
// error, when the workspace is no longer there or a signal says so.
func (k *keeper) revive(signals <-chan os.Signal) error {
	k.noteDeath()
	for {
		if !k.inPlace() {
			return nil
		}
		if err := k.dir.WritePID(os.Getpid()); err != nil { // a start finds a live process
			fmt.Fprintln(k.output, err)
		}
		wait := time.NewTimer(backOff[min(k.inRow, len(backOff))-1])
		select {
		case <-signals:
			wait.Stop()
			return k.dir.RemovePIDOf(os.Getpid())
		case <-wait.C:
		}
		if !k.inPlace() { // it may have been a long wait
			return nil
		}
		err := k.start()
		if err == nil {
			return nil
		}
		fmt.Fprintln(k.output, err)
		k.inRow++
	}
}

// noteDeath takes note of a death.
func (k *keeper) noteDeath() {
	now := time.Now()
	if now.Sub(k.born) > steady {
		k.inRow = 0
	}
	k.inRow++
	k.spec.Deaths++
	k.spec.DiedAt = now.UTC()
	if rec, err := k.dir.ReadPID(); err == nil && rec.PID != os.Getpid() {
		k.spec.DeadPID = rec.PID
	}
}

// inPlace reports whether the state directory is still the one that the hub had.
func (k *keeper) inPlace() bool {
	info, err := os.Lstat(k.dir.State)
	return err == nil && os.SameFile(info, k.held)
}

// start starts a hub that has this keeper.
func (k *keeper) start() error {
	ours, theirs, err := Pair()
	if err != nil {
		return err
	}
	s := k.spec
	s.Part = Hub
	p, err := Start(s, Passed{Keeper: theirs, Lock: k.lock, Listener: k.listen, Output: k.output})
	if err != nil {
		return errors.Join(err, ours.Close())
	}
	_ = p.Release() // its link to the keeper says all that matters
	k.born = time.Now()
	k.add(ours, &member{hub: p})
	return nil
}
