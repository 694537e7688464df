package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/slots"
)

// lease is an agent's session, as it was last written.
type lease struct {
	slots.Session
	rev uint64
}

// enter writes a session in place of whatever there was: a re-entry is a renewal.
func (c *client) enter(ctx context.Context, s slots.Session) (*lease, error) {
	value, err := s.Encode()
	if err != nil {
		return nil, err
	}
	rev, err := c.sessions.Put(ctx, s.Slot, value)
	if err != nil {
		return nil, fmt.Errorf("demo: enter slot %s: %w", s.Slot, err)
	}
	return &lease{s, rev}, nil
}

// renew prolongs a session. It fails if the session was reaped.
func (c *client) renew(ctx context.Context, l *lease) error {
	l.LastRenewed = time.Now()
	value, err := l.Encode()
	if err != nil {
		return err
	}
	rev, err := c.sessions.Update(ctx, l.Slot, value, l.rev)
	if err != nil {
		return fmt.Errorf("demo: renew slot %s: %w", l.Slot, err)
	}
	l.rev = rev
	return nil
}

// leave deletes a session.
func (c *client) leave(ctx context.Context, l *lease) error {
	if err := c.sessions.Delete(ctx, l.Slot, jetstream.LastRevision(l.rev)); err != nil {
		return fmt.Errorf("demo: leave slot %s: %w", l.Slot, err)
	}
	return nil
}

// show says that an agent is there.
func (c *client) show(ctx context.Context, slot string, since time.Time) error {
	p := slots.Presence{AgentID: slot + "-leaf", Project: slot, StartedAt: since.UTC(), LastSeen: time.Now().UTC()}
	return putJSON(ctx, c.presence, p.Key(), p)
}

// hide takes the sign away.
func (c *client) hide(ctx context.Context, slot string) error {
	p := slots.Presence{AgentID: slot + "-leaf", Project: slot}
	return c.presence.Delete(ctx, p.Key())
}

// hold keeps others from a file for the time of a check-in.
func (c *client) hold(ctx context.Context, path, slot, task string) (release func(context.Context) error, err error) {
	now, key := time.Now().UTC(), slots.HoldKey(path)
	err = putJSON(ctx, c.holds, key, slots.Hold{
		AgentID: slot + "-leaf", ClaimedAt: now, ExpiresAt: now.Add(holdTTL), CheckoutPath: task, TTL: holdTTL,
	})
	return func(ctx context.Context) error { return c.holds.Delete(ctx, key) }, err
}

// putJSON writes a record.
func putJSON(ctx context.Context, kv jetstream.KeyValue, key string, record any) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	if _, err := kv.Put(ctx, key, value); err != nil {
		return fmt.Errorf("demo: write %s: %w", kv.Bucket(), err)
	}
	return nil
}
