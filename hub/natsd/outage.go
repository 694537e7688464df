package natsd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// healthEvery is how often the server's health is looked at. Errors that it logs are
	// looked into at once.
	healthEvery = time.Second
	// roomEvery is how often a disk that refuses writes is tried.
	roomEvery = 250 * time.Millisecond
	// A server that fails again soon after a new start waits longer for the next one.
	againLeast = 500 * time.Millisecond
	againMost  = 4 * time.Second
)

// SwitchOff ends JetStream, for good: publishers get an error, requests too. The server
// serves on without it. When SwitchOff returns, nothing is acknowledged any more, and
// nothing will be written to the store.
func (s *Server) SwitchOff() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = true
	if err := s.nats.Load().DisableJetStream(); err != nil {
		return fmt.Errorf("natsd: switch JetStream off: %w", err)
	}
	return nil
}

// run owns the server until it has ended for good.
func (s *Server) run() {
	defer close(s.done)
	defer s.store.close()
	var relief sync.WaitGroup
	relief.Go(func() { s.relieve(s.quit) })
	defer relief.Wait()
	pause := againLeast
	for {
		ns := s.nats.Load()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			ns.WaitForShutdown()
		}()
		since := time.Now()
		why := s.awaitFault(ns, ended)
		if why == nil {
			<-ended
			return
		}
		if time.Since(since) > againMost {
			pause = againLeast
		}
		s.began(why)
		if !s.awaitRoom(ended, pause) || !s.restart(ended) {
			<-ended
			return
		}
		s.isBack()
		pause = min(2*pause, againMost)
	}
}

// awaitFault returns what JetStream has given up for, or nil when the server is about to
// end, or has.
func (s *Server) awaitFault(ns *server.Server, ended <-chan struct{}) error {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return nil
		case <-s.quit:
			return nil
		case <-tick.C:
		case <-s.fault:
		}
		if why := s.givenUp(ns); why != nil {
			return why
		}
	}
}

// givenUp returns why JetStream, or a stream of it, has stopped to take messages. A
// stream that could not be recovered is no such case: another start would not better it.
func (s *Server) givenUp(ns *server.Server) error {
	h := ns.Healthz(nil)
	if h.Error == "" || ns.JetStreamEnabled() && !strings.Contains(h.Error, "write error") {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.quit: // it has given up because it ends
		return nil
	default:
	}
	if s.off || !ns.Running() {
		return nil
	}
	return errors.New(s.store.words(h.Error))
}

// began notes that JetStream is away.
func (s *Server) began(why error) {
	s.outage.Store(&why)
	s.warn("JetStream takes no messages (%v); it comes back by itself when the disk takes writes again", why)
}

// awaitRoom waits, at least for the pause, until the disk takes writes. It reports false
// when the server is about to end, or has.
func (s *Server) awaitRoom(ended <-chan struct{}, pause time.Duration) bool {
	for {
		t := time.NewTimer(pause)
		select {
		case <-ended:
			t.Stop()
			return false
		case <-s.quit:
			t.Stop()
			return false
		case <-t.C:
		}
		if s.store.takesWrites() {
			return true
		}
		pause = roomEvery
	}
}

// restart puts another server in the place of the present one, on the same port, and
// reports whether it could before the server was told to end, or to do without JetStream.
func (s *Server) restart(ended <-chan struct{}) bool {
	for {
		done, err := s.replace(ended)
		if err == nil {
			return done
		}
		s.warn("the server does not come back yet: %v", err)
		t := time.NewTimer(againLeast)
		select {
		case <-s.quit:
			t.Stop()
			return false
		case <-t.C:
		}
	}
}

// replace tries once. It leaves a server that was switched off as it is.
func (s *Server) replace(ended <-chan struct{}) (done bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.off && s.nats.Load().Running() {
		return false, nil
	}
	s.nats.Load().Shutdown()
	<-ended
	s.reopens()
	ns, err := s.launch(context.Background(), s.Port(), !s.off)
	if err != nil {
		return false, err
	}
	s.nats.Store(ns)
	select {
	case <-s.quit: // Close may have seen the one before
		go ns.Shutdown()
	default:
	}
	return true, nil
}

// reopens tells that the store, which nobody has open, will be opened.
func (s *Server) reopens() {
	if s.off || s.config.Reopen == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel()
	watch.Go(func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	})
	s.config.Reopen(ctx)
}

// isBack tells that messages are taken again.
func (s *Server) isBack() {
	s.mu.Lock()
	off := s.off
	s.mu.Unlock()
	s.outage.Store(nil)
	if off {
		return
	}
	s.warn("JetStream takes messages again")
	if s.config.Back != nil {
		s.config.Back()
	}
}

// put adds a token, if there is none.
func put(tokens chan struct{}) {
	select {
	case tokens <- struct{}{}:
	default:
	}
}
