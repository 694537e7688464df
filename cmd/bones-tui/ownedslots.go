package main

import (
	"context"
	"sync"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/slots"
)

// ownedSlots is the slot source over a hub that may still be starting.
type ownedSlots struct {
	root  string
	hub   *hub.Hub
	files *hub.Surveyor

	mu      sync.Mutex
	watcher *slots.Watcher
}

// Next returns the next snapshot, once the hub is ready.
func (s *ownedSlots) Next(ctx context.Context) ([]slots.Slot, error) {
	select {
	case <-s.hub.Ready():
	case <-s.hub.Done():
		return nil, hub.ErrNotRunning
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	if s.watcher == nil {
		s.watcher = slots.Watch(s.root, s.hub.Conn(), slots.WithWork(s.files.Work))
	}
	w := s.watcher
	s.mu.Unlock()
	return w.Next(ctx)
}

// Problem says why slots may not be as the last snapshot shows them.
func (s *ownedSlots) Problem() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watcher == nil {
		return ""
	}
	return s.watcher.Problem()
}

// Close ends the watcher.
func (s *ownedSlots) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watcher == nil {
		return nil
	}
	return s.watcher.Close()
}

// conn is the hub's own connection, nil before it is ready.
func (s *ownedSlots) conn() *nats.Conn {
	select {
	case <-s.hub.Ready():
		return s.hub.Conn()
	default:
		return nil
	}
}
