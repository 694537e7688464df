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
	// maxWriting bounds those among them that wait to write or do, one at a time: however
	// many wait, the other places are for those that only read.
	maxWriting = maxAtOnce / 2
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

// pool is what the messages to a repository share, whatever door they have come by.
type pool struct {
	working, writing, large places
	outbox                  outbox
}

func newPool() pool {
	return pool{
		working: make(places, maxAtOnce), writing: make(places, maxWriting), large: make(places, maxLarge),
		outbox: outbox{semaphore.NewWeighted(maxWaiting)},
	}
}

// share is what one message has of the pool beside a place to work, until it is answered.
type share struct {
	pool          *pool
	large, writes bool
}

// grow waits for the place for a large message.
func (s *share) grow(ctx context.Context) bool {
	if !s.large {
		s.large = s.pool.large.enter(ctx)
	}
	return s.large
}

// queue waits for a place among those that write.
func (s *share) queue(ctx context.Context) bool {
	if !s.writes {
		s.writes = s.pool.writing.enter(ctx)
	}
	return s.writes
}

// mayWrite takes such a place if there is one.
func (s *share) mayWrite() bool {
	s.writes = s.writes || s.pool.writing.try()
	return s.writes
}

// written gives the place among those that write back.
func (s *share) written() {
	if s.writes {
		s.pool.writing.leave()
	}
	s.writes = false
}

func (s *share) leave() {
	s.written()
	if s.large {
		s.pool.large.leave()
	}
	s.large = false
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
