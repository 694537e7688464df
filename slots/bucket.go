package slots

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// errDisconnected is the state of a connection that is trying to come back.
var errDisconnected = errors.New("not connected")

// bindTimeout bounds each exchange with the server.
const bindTimeout = 5 * time.Second

// bucket follows one key-value bucket that others create. It only ever binds: a
// missing bucket is no error, it is looked for again.
type bucket struct {
	nc    *nats.Conn
	name  string
	every time.Duration // list anew this often: eviction sends no message
	retry time.Duration // look again at least this often while it cannot be followed
	out   chan<- update

	history bool // list the older revisions too
}

// run follows the bucket until ctx ends or the connection is closed for good.
func (b *bucket) run(ctx context.Context) {
	wake, release := b.wakeFor("KV_" + b.name)
	defer release()
	// The server tells of a new stream a moment before it can be found, so a
	// wake is followed by several looks, ever further apart.
	const soon = 5 * time.Millisecond
	wait := soon
	for ctx.Err() == nil {
		err := b.follow(ctx, wake)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			wait = soon
		} else {
			b.send(ctx, update{err: err})
			if pause(ctx, wake, wait) {
				wait = soon
			} else {
				wait = min(2*wait, b.retry)
			}
		}
		if b.nc.IsClosed() {
			return
		}
	}
}

// follow lists the bucket and passes on its changes until it is time to list anew.
func (b *bucket) follow(ctx context.Context, wake <-chan struct{}) error {
	w, records, part, err := watchAll(ctx, b.nc, b.name, b.options()...)
	if err != nil {
		return err
	}
	defer w.end()
	b.send(ctx, update{listed: true, part: part, records: records})
	again := time.NewTimer(b.every)
	defer again.Stop()
	for {
		select {
		case e, ok := <-w.Updates():
			if !ok {
				return errDisconnected
			}
			if records := w.rest(e); len(records) > 0 {
				b.send(ctx, update{records: records})
			}
		case <-wake:
			return nil
		case <-again.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

func (b *bucket) options() []jetstream.WatchOpt {
	if b.history {
		return []jetstream.WatchOpt{jetstream.IncludeHistory()}
	}
	return nil
}

func (b *bucket) send(ctx context.Context, u update) {
	u.bucket = b.name
	select {
	case b.out <- u:
	case <-ctx.Done():
	}
}

// wakeFor returns a channel that ticks when the connection changes or the stream is
// created or deleted. The release function must be called.
func (b *bucket) wakeFor(stream string) (<-chan struct{}, func()) {
	wake := make(chan struct{}, 1)
	tick := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	status := b.nc.StatusChanged(nats.CONNECTED, nats.RECONNECTING, nats.DISCONNECTED, nats.CLOSED)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range status {
			tick()
		}
	}()
	sub, err := b.nc.Subscribe("$JS.EVENT.ADVISORY.STREAM.*."+stream, func(m *nats.Msg) {
		if strings.Contains(m.Subject, ".CREATED.") || strings.Contains(m.Subject, ".DELETED.") {
			tick()
		}
	})
	return wake, func() {
		if err == nil {
			_ = sub.Unsubscribe() // fails only on a connection that is gone
		}
		b.nc.RemoveStatusListener(status)
		<-done
	}
}

// pause waits for a tick, at most d, and reports whether one came.
func pause(ctx context.Context, wake <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-wake:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// bind finds a bucket. Errors match jetstream.ErrBucketNotFound if there is none.
func bind(ctx context.Context, nc *nats.Conn, name string) (jetstream.KeyValue, error) {
	if nc == nil || !nc.IsConnected() {
		return nil, errDisconnected
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	there, err := exists(ctx, js, bucketSubjects(name))
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, jetstream.ErrBucketNotFound
	}
	return js.KeyValue(ctx, name)
}

func bucketSubjects(name string) string { return "$KV." + name + ".>" }

// exists reports whether a stream takes the subjects. Asking for a stream that is not
// there counts as an error of the server, which a screen shows; asking for names does
// not.
func exists(ctx context.Context, js jetstream.JetStream, subjects string) (bool, error) {
	_, err := js.StreamNameBySubject(ctx, subjects)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return false, nil
	}
	return err == nil, err
}

// watched is one watch on a whole bucket. It lives as long as its context, so that
// ending it never waits for a server that is gone.
type watched struct {
	jetstream.KeyWatcher // nil until it runs
	cancel               func()
}

// watchAll binds to a bucket, watches it, and returns what it holds; part says that this
// is not all of it.
func watchAll(ctx context.Context, nc *nats.Conn, name string, opts ...jetstream.WatchOpt) (_ watched, _ []record, part bool, _ error) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := watched{cancel: func() { cancel(nil) }}
	timeout := time.AfterFunc(bindTimeout, func() { cancel(context.DeadlineExceeded) })
	defer timeout.Stop()
	records, part, err := w.start(ctx, nc, name, opts)
	if err == nil && ctx.Err() == nil {
		return w, records, part, nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	w.end()
	return watched{}, nil, false, fmt.Errorf("slots: follow bucket %s: %w", name, err)
}

func (w *watched) start(ctx context.Context, nc *nats.Conn, name string, opts []jetstream.WatchOpt) (_ []record, part bool, _ error) {
	kv, err := bind(ctx, nc, name)
	if err != nil {
		return nil, false, err
	}
	if w.KeyWatcher, err = kv.WatchAll(ctx, opts...); err != nil {
		return nil, false, err
	}
	if ctx.Err() != nil {
		w.abandon()
		return nil, false, ctx.Err()
	}
	return w.list()
}

// list returns the records that a watch starts with, or as many as are kept.
func (w watched) list() (records []record, part bool, _ error) {
	room := maxListed
	for e := range w.Updates() {
		if e == nil {
			return records, false, nil
		}
		r := newRecord(e)
		records = append(records, r)
		if room -= len(r.value); room < 0 || len(records) == maxRevised {
			return records, true, nil
		}
	}
	return nil, false, errDisconnected
}

// maxRevised bounds a list that may hold several revisions of each record.
const maxRevised = 5 * maxRecords

// rest returns the record of an update, and of those that have come already, so that
// many of them cost one exchange. Some updates have none.
func (w watched) rest(e jetstream.KeyValueEntry) (records []record) {
	const most, room = 256, 1 << 20
	for size := 0; ; {
		if e != nil {
			r := newRecord(e)
			size += len(r.value)
			records = append(records, r)
		}
		if len(records) == most || size > room {
			return records
		}
		select {
		case next, ok := <-w.Updates():
			if !ok {
				return records // whoever reads next learns of the end
			}
			e = next
		default:
			return records
		}
	}
}

// abandon ends a watch whose context ended while it began: it may have ended before it
// could be told to close its channel, which nobody may wait for, then. Once stopped it
// sends one more message at most, and the emptied channel has room for that.
func (w *watched) abandon() {
	_ = w.Stop() // fails only if it is stopped already
	for len(w.Updates()) > 0 {
		<-w.Updates()
	}
	w.KeyWatcher = nil
}

// end ends the watch. Its sender blocks on a full channel, so the channel is read
// to its end.
func (w watched) end() {
	w.cancel()
	if w.KeyWatcher == nil {
		return
	}
	for range w.Updates() { // what nobody waits for any more
	}
}

func newRecord(e jetstream.KeyValueEntry) record {
	r := record{
		key:     e.Key(),
		value:   e.Value(),
		rev:     e.Revision(),
		written: e.Created(),
		deleted: e.Operation() != jetstream.KeyValuePut,
	}
	if n := len(r.value); n > maxRecord {
		r.value, r.err = nil, tooLarge(n)
	}
	return r
}

// readBucket returns the content of a bucket, deletion marks included; part says that
// this is not all of it.
func readBucket(ctx context.Context, nc *nats.Conn, name string) (_ []record, part bool, _ error) {
	w, records, part, err := watchAll(ctx, nc, name)
	if err != nil {
		return nil, false, err
	}
	w.end()
	return records, part, nil
}
