package hub

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/internal/lastrun"
)

// maxVerified bounds how many messages of a stream a start reads again.
const maxVerified = 50_000

// verify reads, in the background, what would otherwise be found damaged only when
// somebody needs it. Damage does not end the hub: what can be read is worth serving.
func (r *running) verify(ctx context.Context) error {
	err := errors.Join(r.verifyRepository(ctx), r.verifyStreams(ctx))
	if ctx.Err() == nil && err == nil {
		r.log.Lifecycle(LevelDebug, "hub: verified the repository and all streams")
	}
	return nil
}

func (r *running) verifyRepository(ctx context.Context) error {
	if r.damage.Load() != nil {
		return nil // told at the start
	}
	err := r.repo.Verify(ctx)
	if err != nil && ctx.Err() == nil {
		r.tellDamage(err)
	}
	return err
}

func (r *running) tellDamage(err error) {
	r.damage.Store(&err)
	_ = r.log.Log(LogEntry{Level: LevelError, Event: EventError, Err: err.Error(), Msg: "hub: the repository is damaged; it is served as far as it can be read"})
}

func (r *running) verifyStreams(ctx context.Context) error {
	js, err := jetstream.New(r.conn)
	if err != nil {
		return err
	}
	var errs []error
	names := js.StreamNames(ctx)
	for name := range names.Name() {
		s, err := js.Stream(ctx, name)
		if err == nil {
			if odd := lastrun.OddConfig(s.CachedInfo().Config); odd != "" {
				r.log.Lifecycle(LevelWarn, "hub: stream %s %s, which no hub and no bones sets up", name, odd)
			}
			err = verifyStream(ctx, s)
		}
		if err != nil && ctx.Err() == nil {
			r.log.Lifecycle(LevelError, "hub: store damaged: stream %s: %v", name, err)
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, names.Err())...)
}

// verifyStream counts the messages that can be read. A server that cannot read one
// says that there is none.
func verifyStream(ctx context.Context, s jetstream.Stream) error {
	for range 3 { // others may change it meanwhile
		before, err := s.Info(ctx)
		if err != nil {
			return err
		}
		if before.State.Msgs == 0 || before.State.Msgs > maxVerified {
			return nil
		}
		n, last, err := readAll(ctx, s, before.State.FirstSeq, before.State.LastSeq)
		if err != nil {
			return err
		}
		after, err := s.Info(ctx)
		if err != nil {
			return err
		}
		if n == before.State.Msgs {
			return nil
		}
		if after.State.Msgs == before.State.Msgs && after.State.LastSeq == before.State.LastSeq {
			return fmt.Errorf("%d of %d messages can be read, the first bad one comes after %d", n, before.State.Msgs, last)
		}
	}
	return nil
}

// readAll returns how many messages from first to end can be read in a row, and the
// last of them.
func readAll(ctx context.Context, s jetstream.Stream, first, end uint64) (n, last uint64, err error) {
	for seq := first; seq <= end; seq = last + 1 {
		m, err := s.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return n, last, nil
		}
		if err != nil {
			return n, last, err
		}
		if m.Sequence > end {
			return n, last, nil
		}
		n, last = n+1, m.Sequence
	}
	return n, last, nil
}
