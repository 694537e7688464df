package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// Inspector reads what a hub holds, one page at a time: connections, streams,
// buckets and their messages, check-ins and their changes. It uses only what any
// client of the hub's NATS account may ask, and the repository; it creates and
// changes nothing. It is safe for concurrent use. While the hub is not up, every
// method returns ErrNotRunning.
type Inspector struct {
	dir  bonesdir.Dir
	conn func() *nats.Conn
	repo func(context.Context) (trunkReader, error)

	mu      sync.Mutex
	seen    [3]stamp
	pending map[string]bool // check-ins that git has not received
	total   int64           // check-ins
}

// Inspector reads what the hub holds.
func (h *Hub) Inspector() *Inspector {
	return &Inspector{dir: h.dir, conn: h.Conn, repo: func(context.Context) (trunkReader, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.run == nil {
			return nil, ErrNotRunning
		}
		return h.run.repo, nil
	}}
}

// Inspector reads what the hub holds. It ends with Close.
func (r *Remote) Inspector() *Inspector {
	return &Inspector{dir: r.dir, conn: r.Conn, repo: func(ctx context.Context) (trunkReader, error) {
		repo, err := r.repository(ctx)
		if repo == nil {
			return nil, err
		}
		return repo, nil // a damaged one is read as far as it goes
	}}
}

// stream is a stream of the hub. Its info is as of now.
func (i *Inspector) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	js, err := i.jetStream()
	if err != nil {
		return nil, err
	}
	s, err := js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("hub: read stream %s: %w", name, noAnswer(err))
	}
	return s, nil
}

func (i *Inspector) jetStream() (jetstream.JetStream, error) {
	conn := i.conn()
	if conn == nil {
		return nil, ErrNotRunning
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("hub: use JetStream: %w", err)
	}
	return js, nil
}

// noAnswer says of a question that nobody hears that the hub is not up.
func noAnswer(err error) error {
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrConnectionClosed) {
		return errors.Join(ErrNotRunning, err)
	}
	return err
}
