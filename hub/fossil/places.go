package fossil

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Messages take memory for as long as they are read, worked on and answered. How much all of
// them take together is bounded by the places there are for each.
const (
	// maxAtOnce bounds the messages that are worked on at the same time: more than the
	// processors of most machines would only wait for one another.
	maxAtOnce = 8
	// smallBody and smallPlain are what a message may have and expand to without a place
	// for large ones. Clients send about 250 kB at a time, and one artifact.
	smallBody  = 512 << 10
	smallPlain = 16 << 20
	// maxLarge bounds the large messages, each of which takes several times its size. They
	// are stored one at a time in any case.
	maxLarge = 1
	// maxWaiting is how many bytes of replies may wait for clients that do not read. A
	// reply has about 6 MB.
	maxWaiting = 64 << 20
	// freeReply is what a socket takes in any case.
	freeReply = 64 << 10
)

// places is a number of places.
type places chan struct{}

// enter waits for a place, and reports whether there was one before the end of ctx.
func (p places) enter(ctx context.Context) bool {
	select {
	case p <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// try reports whether there was a place.
func (p places) try() bool {
	select {
	case p <- struct{}{}:
		return true
	default:
		return false
	}
}

func (p places) leave() { <-p }

// size is what one message may take. It grows at most once.
type size struct {
	large places
	has   bool // a place for a large one
}

// grow waits for a place for a large message.
func (s *size) grow(ctx context.Context) bool {
	if !s.has {
		s.has = s.large.enter(ctx)
	}
	return s.has
}

func (s *size) leave() {
	if s.has {
		s.large.leave()
	}
}

// outbox bounds the replies that wait for their clients.
type outbox struct{ room *semaphore.Weighted }

// enter waits for room for a reply, and returns what gives it back.
func (o outbox) enter(ctx context.Context, size int) (leave func(), ok bool) {
	if size <= freeReply {
		return func() {}, true
	}
	n := min(int64(size), maxWaiting)
	if err := o.room.Acquire(ctx, n); err != nil {
		return nil, false
	}
	return func() { o.room.Release(n) }, true
}
