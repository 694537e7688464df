package hub_test

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// agentsPatience bounds the wait for one answer.
const agentsPatience = 5 * time.Second

// line is the connection of one agent. It reconnects by itself, and reads the URL file
// anew while it has no connection.
type line struct {
	dir bonesdir.Dir
	url string
	nc  *nats.Conn
	js  jetstream.JetStream
	cut atomic.Pointer[context.CancelFunc] // ends the wait for an answer
}

// try does one thing. It ends when the connection is lost, for then no answer comes; a
// try that finds the connection lost waits for the next one, or until the URL file names
// another.
func (l *line) try(ctx context.Context, do func(context.Context, jetstream.JetStream) error) error {
	if err := l.connect(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, agentsPatience)
	defer cancel()
	l.cut.Store(&cancel)
	defer l.cut.Store(nil)
	return do(ctx, l.js)
}

func (l *line) connect() (err error) {
	url := l.dir.NATSURL()
	if l.nc != nil && (l.nc.IsConnected() || url == l.url || url == "") {
		return nil
	}
	l.close()
	if url == "" {
		return errors.New("no URL is recorded")
	}
	l.nc, err = nats.Connect(url, nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(), nats.Timeout(agentsPatience),
		nats.CustomReconnectDelay(func(int) time.Duration {
			if now := l.dir.NATSURL(); now != "" && now != url {
				l.giveUp()
			}
			return agentsPause
		}),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { l.giveUp() }))
	if err != nil {
		l.nc = nil
		return err
	}
	l.url = url
	l.js, err = jetstream.New(l.nc)
	return err
}

// giveUp ends the try under way, if there is one.
func (l *line) giveUp() {
	if cut := l.cut.Load(); cut != nil {
		(*cut)()
	}
}

func (l *line) close() {
	if l.nc != nil {
		l.nc.Close()
		l.nc = nil
	}
}

// meter measures the time between answers.
type meter struct {
	last    time.Time
	longest func(time.Duration)
}

// newMeter tells longest of each gap, under whatever lock the caller has.
func newMeter(longest func(time.Duration)) *meter { return &meter{longest: longest} }

// answered ends a gap. Before the first answer there is none.
func (m *meter) answered() {
	now := time.Now()
	if !m.last.IsZero() {
		m.longest(now.Sub(m.last))
	}
	m.last = now
}
