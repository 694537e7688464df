package inspect

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/fossil"
)

// Reader reads what a hub holds, one page at a time. It is safe for concurrent use. While the
// hub is not up, every method returns Source.Down.
type Reader struct{ src Source }

// New returns one of a hub.
func New(src Source) *Reader { return &Reader{src} }

// Source is a hub as far as it can be reached.
type Source struct {
	Conn       func() *nats.Conn // nil while the hub is not up
	Repository func(context.Context) (Repository, error)
	// Unapplied names the check-ins that git has not received, and counts all there are.
	Unapplied func(context.Context) (uuids map[string]bool, all int64, err error)
	Down      error // says that the hub is not up
}

// Repository is what is read of one. A fossil.Repo is.
type Repository interface {
	Timeline(context.Context, fossil.TimelineOptions) ([]fossil.CheckIn, error)
	Resolve(ctx context.Context, name string) (fossil.CheckIn, error)
	Parents(ctx context.Context, rev string) ([]string, error)
	Changes(ctx context.Context, rev string, limit int) ([]fossil.Change, int64, error)
	Compare(ctx context.Context, was, now, name string, l fossil.DiffLimits) (fossil.Comparison, error)
}

// stream is a stream of the hub. Its info is as of now.
func (r *Reader) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	js, err := r.jetStream()
	if err != nil {
		return nil, err
	}
	s, err := js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("inspect: read stream %s: %w", name, r.noAnswer(err))
	}
	return s, nil
}

func (r *Reader) jetStream() (jetstream.JetStream, error) {
	conn := r.src.Conn()
	if conn == nil {
		return nil, r.src.Down
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("inspect: use JetStream: %w", err)
	}
	return js, nil
}

// noAnswer says of a question that nobody hears that the hub is not up.
func (r *Reader) noAnswer(err error) error {
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrConnectionClosed) {
		return errors.Join(r.src.Down, err)
	}
	return err
}
