package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/slots"
)

// client is an agent's connection to the hub's NATS server. It does not reconnect:
// an agent that loses the hub starts over.
type client struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	tasks    jetstream.KeyValue
	sessions jetstream.KeyValue
	holds    jetstream.KeyValue
	presence jetstream.KeyValue
}

// presenceTTL and holdTTL are what the command line asks for. Both buckets appear
// when an agent first needs them.
const (
	presenceTTL = 15 * time.Second
	bucketTTL   = 5 * time.Minute
	holdTTL     = 30 * time.Second
)

// dial connects under a name and finds, or makes, the buckets.
func dial(ctx context.Context, url, name string) (_ *client, err error) {
	c := &client{}
	c.nc, err = nats.Connect(url, nats.Name(name), nats.NoReconnect(), nats.Timeout(2*time.Second),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // the default one prints
	if err != nil {
		return nil, fmt.Errorf("demo: dial: %w", err)
	}
	if err := c.bind(ctx); err != nil {
		c.nc.Close()
		return nil, fmt.Errorf("demo: dial: %w", err)
	}
	return c, nil
}

func (c *client) bind(ctx context.Context) (err error) {
	if c.js, err = jetstream.New(c.nc, jetstream.WithDefaultTimeout(5*time.Second)); err != nil {
		return err
	}
	if c.tasks, err = c.js.KeyValue(ctx, slots.BucketTasks); err != nil {
		return err
	}
	if c.sessions, err = c.js.KeyValue(ctx, slots.BucketSessions); err != nil {
		return err
	}
	if c.holds, err = c.bucket(ctx, slots.BucketHolds, bucketTTL); err != nil {
		return err
	}
	c.presence, err = c.bucket(ctx, slots.BucketPresence, presenceTTL)
	return err
}

// bucket makes a bucket, or finds the one that another agent has made. It does not ask
// first: the server counts a question for what is not there as an error.
func (c *client) bucket(ctx context.Context, name string, ttl time.Duration) (jetstream.KeyValue, error) {
	return c.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: name, History: 1, TTL: ttl, Storage: jetstream.FileStorage, Replicas: 1})
}

func (c *client) close() { c.nc.Close() }

// overshoot publishes more than a message may hold, as a client does that does not
// ask how much that is. The server hangs up with an error in its log, which names the
// client: a newcomer shall see that an agent has made the error, on purpose.
func (c *client) overshoot(ctx context.Context, user string) error {
	u, err := url.Parse(c.nc.ConnectedUrl())
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(conn, "CONNECT {\"verbose\":false,\"name\":\"%s of the demo sends too much on purpose\"}\r\nPUB chat.logs %d\r\n", user, 2*c.nc.MaxPayload())
	if err = errors.Join(err, conn.SetReadDeadline(time.Now().Add(time.Second))); err == nil {
		_, _ = io.Copy(io.Discard, conn) // until it hangs up; its words do not matter
	}
	return errors.Join(err, conn.Close())
}
