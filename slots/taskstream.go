package slots

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// taskMessage is one message of the stream of task events.
type taskMessage struct {
	seq    uint64
	stored time.Time // by the server's clock
	event  TaskEvent
	old    bool  // it was there before we looked
	err    error // why it is no event
}

// taskStream follows the stream of task events, which others create. It only binds: a
// missing stream is no error, it is looked for again.
type taskStream struct {
	nc    *nats.Conn
	back  uint64 // how many old messages it starts with
	retry time.Duration
	out   chan<- taskNews

	last uint64 // newest that was passed on
}

// taskNews is some messages, or that the old ones are all there, or why the stream
// cannot be followed.
type taskNews struct {
	messages []taskMessage
	caughtUp bool
	err      error
}

// run follows the stream until ctx ends or the connection is closed for good.
func (s *taskStream) run(ctx context.Context) {
	b := bucket{nc: s.nc}
	wake, release := b.wakeFor(StreamTaskEvents)
	defer release()
	const soon = 5 * time.Millisecond
	for wait := soon; ctx.Err() == nil && !s.nc.IsClosed(); {
		err := s.follow(ctx, wake)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			wait = soon
			continue
		}
		s.send(ctx, taskNews{err: err, caughtUp: true})
		if pause(ctx, wake, wait) {
			wait = soon
		} else {
			wait = min(2*wait, s.retry)
		}
	}
}

func (s *taskStream) send(ctx context.Context, n taskNews) {
	select {
	case s.out <- n:
	case <-ctx.Done():
	}
}

// follow passes on messages until the connection changes.
func (s *taskStream) follow(ctx context.Context, wake <-chan struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	bound, release := context.WithTimeout(ctx, bindTimeout)
	defer release()
	newest, cons, err := s.bind(bound)
	if err != nil {
		return fmt.Errorf("slots: follow stream %s: %w", StreamTaskEvents, err)
	}
	if s.last >= newest {
		s.send(ctx, taskNews{caughtUp: true})
	}
	cc, err := cons.Consume(func(m jetstream.Msg) {
		msg, ok := decodeMessage(m)
		if !ok {
			return
		}
		msg.old = msg.seq <= newest
		s.last = msg.seq
		s.send(ctx, taskNews{messages: []taskMessage{msg}, caughtUp: msg.seq >= newest})
	})
	if err != nil {
		return fmt.Errorf("slots: follow stream %s: %w", StreamTaskEvents, err)
	}
	defer func() { cancel(); cc.Stop(); <-cc.Closed() }()
	select {
	case <-wake:
	case <-ctx.Done():
	}
	return nil
}

// bind finds the stream and asks for what comes after the last message.
func (s *taskStream) bind(ctx context.Context) (newest uint64, _ jetstream.Consumer, err error) {
	if !s.nc.IsConnected() {
		return 0, nil, errDisconnected
	}
	js, err := jetstream.New(s.nc)
	if err != nil {
		return 0, nil, err
	}
	there, err := exists(ctx, js, TaskEventSubjects)
	switch {
	case err != nil:
		return 0, nil, err
	case !there:
		return 0, nil, jetstream.ErrStreamNotFound
	}
	stream, err := js.Stream(ctx, StreamTaskEvents)
	if err != nil {
		return 0, nil, err
	}
	state := stream.CachedInfo().State
	if state.LastSeq < s.last {
		s.last = 0 // another stream of the same name
	}
	if state.LastSeq > s.back {
		s.last = max(s.last, state.LastSeq-s.back)
	}
	cons, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: s.last + 1,
	})
	return state.LastSeq, cons, err
}

// decodeMessage reads one message. What is no event still has its place in the order.
func decodeMessage(m jetstream.Msg) (taskMessage, bool) {
	meta, err := m.Metadata()
	if err != nil {
		return taskMessage{}, false
	}
	msg := taskMessage{seq: meta.Sequence.Stream, stored: meta.Timestamp}
	msg.event, msg.err = DecodeTaskEvent(m.Data())
	return msg, true
}

// missing reports whether err says that nobody has made the stream or bucket yet.
func missing(err error) bool {
	return errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound)
}
