package main

import (
	"context"
	"errors"
	"sync"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/slots"
)

// lazyActivity follows what happens from the moment somebody first asks: most screens
// never do.
type lazyActivity struct {
	root  string
	conn  func() *nats.Conn // nil while the hub is starting
	files *hub.Surveyor

	mu       sync.Mutex
	activity *slots.Activity
}

var errStarting = errors.New("the hub is still starting")

// Entries returns what happened.
func (l *lazyActivity) Entries(ctx context.Context) ([]slots.Entry, error) {
	l.mu.Lock()
	if l.activity == nil {
		nc := l.conn()
		if nc == nil {
			l.mu.Unlock()
			return nil, errStarting
		}
		l.activity = slots.Follow(l.root, nc, slots.ActivityOptions{CheckIns: l.files.CheckIns})
	}
	a := l.activity
	l.mu.Unlock()
	return a.Entries(ctx)
}

// Close ends the following.
func (l *lazyActivity) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.activity == nil {
		return nil
	}
	return l.activity.Close()
}
