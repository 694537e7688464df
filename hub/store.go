package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/natsd"
	"bones-tui/hub/registry"
	"bones-tui/slots"
)

// maxSkipped bounds how many lost sequence numbers a start makes up for.
const maxSkipped = 20_000

// startNATS brings up JetStream over the workspace's store and makes sure that no
// sequence number is given out twice.
func (r *running) startNATS(ctx context.Context) error {
	r.natsSince = time.Now()
	cut := r.scanBlocks(ctx)
	back := make(chan map[string]bool, 1)
	srv, err := r.launchNATS(ctx, back)
	if errors.Is(err, natsd.ErrStore) && ctx.Err() == nil {
		if err := r.quarantineStore(err); err != nil {
			return err
		}
		srv, err = r.launchNATS(ctx, back)
	}
	if err != nil {
		return err
	}
	r.nats = srv
	r.spawn("nats", func(ctx context.Context) error {
		if err := srv.Wait(ctx); err != nil {
			return err
		}
		return errors.New("server ended by itself")
	})
	r.spawn("sequences", r.whileHeld(func(ctx context.Context) error { return r.guardAgain(ctx, back) }))
	if err := r.connect(); err != nil {
		return err
	}
	if err := slots.EnsureBuckets(ctx, r.conn); err != nil {
		return err
	}
	return r.skipLost(ctx, r.marks, cut)
}

// serverName is how the NATS server of a hub of ours calls itself.
func serverName(root string) string { return "bones-" + registry.ID(root) }

// launchNATS starts the server; back gets the streams that were about to be cut whenever it
// has come back after a fault of its disk.
func (r *running) launchNATS(ctx context.Context, back chan<- map[string]bool) (*natsd.Server, error) {
	var cut map[string]bool
	c := natsd.Config{
		Name: serverName(r.dir.Root), Port: r.wantCoordPort(), StoreDir: r.dir.Coord(),
		SyncAlways: r.set.durability == DurabilityAlways, Log: r.natsLog, Admit: r.doors.nats.Admit,
		Reopen: func(ctx context.Context) { cut = r.scanAgain(ctx) },
		Back: func() {
			select {
			case back <- cut:
			default:
			}
		},
	}
	srv, err := natsd.Start(ctx, c)
	if errors.Is(err, natsd.ErrPortTaken) && r.set.coordPort == 0 {
		r.warnPortTaken("nats", c.Port)
		c.Port = 0
		srv, err = natsd.Start(ctx, c)
	}
	return srv, err
}

// quarantineStore moves a store that JetStream cannot open aside. Nothing is
// deleted; without a store to blame it returns cause.
func (r *running) quarantineStore(cause error) error {
	aside := fmt.Sprintf("%s.bad-%s", r.dir.Coord(), time.Now().UTC().Format(archiveTime))
	if err := os.Rename(r.dir.Coord(), aside); err != nil {
		return cause
	}
	_ = r.log.Log(LogEntry{
		Level: LevelError, Event: EventError, Err: cause.Error(),
		Msg: "hub: the JetStream store cannot be opened; it is kept as " + aside + " and a new one begins",
	})
	return nil
}

// guardAgain compares the store with its marks whenever JetStream has come back.
func (r *running) guardAgain(ctx context.Context, back <-chan map[string]bool) error {
	for {
		var cut map[string]bool
		select {
		case <-ctx.Done():
			return nil
		case cut = <-back:
		}
		m, err := lastrun.Read(r.dir.CoordMarks())
		if err == nil {
			err = r.skipLost(ctx, m, cut)
			r.tellIncidents(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.log.Lifecycle(LevelWarn, "hub: compare the store with its marks: %v", err)
		}
	}
}

// skipLost compares the store with its marks. A stream whose numbers went backwards has lost
// messages; it says so and skips the lost numbers, because a client that holds one of them
// would take a new message for the lost one. Of the streams that are cut more has been told.
func (r *running) skipLost(ctx context.Context, m lastrun.Marks, cut map[string]bool) error {
	js, err := jetstream.New(r.conn)
	if err != nil {
		return err
	}
	now, err := lastrun.Streams(r.nats)
	if err != nil {
		return fmt.Errorf("read streams: %w", err)
	}
	for _, stream := range m.Damaged(now) {
		was, is := m.Streams[stream], now[stream]
		text := "store damaged: " + lastrun.Shrunk(stream, was, is)
		if cut[stream] {
			r.log.Lifecycle(LevelError, "hub: %s", text)
		} else {
			r.foundOut(lastrun.CutStream(stream, m, was, is, text))
		}
		if err := skipTo(ctx, js, stream, is.Last, was.Last); err != nil {
			r.log.Lifecycle(LevelError, "hub: stream %s: cannot skip the lost numbers: %v", stream, err)
		}
	}
	return nil
}

// skipTo makes a stream's next sequence larger than last, by messages that it
// removes again.
func skipTo(ctx context.Context, js jetstream.JetStream, stream string, from, last uint64) error {
	if from >= last {
		return nil
	}
	if last-from > maxSkipped {
		return fmt.Errorf("%d are too many", last-from)
	}
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	subject, err := fillerSubject(s.CachedInfo().Config)
	if err != nil {
		return err
	}
	for seq := from; seq < last; {
		ack, err := js.Publish(ctx, subject, nil)
		if err != nil {
			return err
		}
		seq = ack.Sequence
	}
	return s.Purge(ctx, jetstream.WithPurgeSubject(subject))
}

// fillerSubject is a subject of the stream that nobody else uses.
func fillerSubject(c jetstream.StreamConfig) (string, error) {
	for _, s := range c.Subjects {
		if n := len(s); n > 1 && s[n-1] == '>' {
			return s[:n-1] + "bones_skipped", nil
		}
	}
	return "", errors.New("it has no subject for fillers")
}

// wantCoordPort is the pinned port, else the recorded one, else one that was free.
func (r *running) wantCoordPort() int {
	if r.set.coordPort != 0 {
		return r.set.coordPort
	}
	return cmp.Or(bonesdir.RecordedPort(r.dir.NATSURL()), r.chosen[1])
}

// natsLog passes on what an operator must see.
func (r *running) natsLog(l natsd.Line) {
	var e LogEntry
	switch l.Level {
	case LevelError.String():
		e = LogEntry{Level: LevelError, Event: EventError, Err: l.Text, Msg: "hub: nats"}
	case LevelWarn.String():
		e = LogEntry{Level: LevelWarn, Event: EventLifecycle, Msg: "hub: nats: " + l.Text}
	default:
		return
	}
	if l.Cause == "" {
		_ = r.log.Log(e)
		return
	}
	r.throttle.Log("nats: "+l.Cause, e)
}

func (r *running) warnPortTaken(service string, port int) {
	r.log.Lifecycle(LevelWarn, "hub: recorded %s port %d is taken, using another; leaves that cached the old URL must reconnect", service, port)
}

func (r *running) connect() (err error) {
	r.conn, err = nats.Connect("", r.nats.InProcess(), nats.Name("bones-hub"),
		nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait), // the server comes back after a fault of its disk
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			r.often("own connection", "own nats connection", err)
		}))
	if err != nil {
		return err
	}
	r.onRelease("connection", func(context.Context) error { r.conn.Close(); return nil })
	return nil
}

// reconnectWait is how often the hub's own connection tries its server anew.
const reconnectWait = 20 * time.Millisecond
