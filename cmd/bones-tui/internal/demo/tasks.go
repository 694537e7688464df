package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/slots"
)

// errRefused says that a task is not in a state for what was asked. The event that
// announced it stays, as with the command line.
var errRefused = errors.New("refused")

// taskSchema is the version of the records that the command line writes.
const taskSchema = 4

// createTask announces and records a task, unless it exists.
func (c *client) createTask(ctx context.Context, id, slot string, j job) error {
	if _, err := c.tasks.Get(ctx, id); !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err
	}
	seq, err := c.announce(ctx, slots.EventCreated, id, slots.Created{Title: j.title, Slot: slot})
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	value, err := slots.Task{
		ID: id, Title: j.title, Status: slots.StatusOpen,
		Context:   map[string]string{"slot": slot, "priority": j.priority},
		CreatedAt: now, UpdatedAt: now, Schema: taskSchema, LastEventSeq: seq,
	}.Encode()
	if err != nil {
		return err
	}
	_, err = c.tasks.Create(ctx, id, value)
	return err
}

// known is a task as an agent last saw it.
type known struct {
	slots.Task
	rev uint64
}

func (c *client) readTask(ctx context.Context, id string) (known, error) {
	e, err := c.tasks.Get(ctx, id)
	if err != nil {
		return known{}, fmt.Errorf("demo: read task %s: %w", id, err)
	}
	t, err := slots.DecodeTask(e.Value())
	return known{t, e.Revision()}, err
}

// claim takes an open task as it was last seen. One that the agent has already,
// from before a failure, is as good.
func (c *client) claim(ctx context.Context, t known, agent, slot string) error {
	if t.ClaimedBy == agent {
		return nil
	}
	epoch := t.ClaimEpoch + 1
	seq, err := c.announce(ctx, slots.EventClaimed, t.ID, slots.Claimed{AgentID: agent, Slot: slot, ClaimEpoch: epoch})
	if err != nil {
		return err
	}
	if t.Status != slots.StatusOpen {
		return fmt.Errorf("%w: task is %s", errRefused, t.Status)
	}
	t.Status, t.ClaimedBy, t.ClaimEpoch = slots.StatusClaimed, agent, epoch
	return c.record(ctx, t, seq)
}

// unclaim lets go of a task.
func (c *client) unclaim(ctx context.Context, id string) error {
	t, err := c.readTask(ctx, id)
	if err != nil || t.Status != slots.StatusClaimed {
		return err
	}
	seq, err := c.announce(ctx, slots.EventUnclaimed, id, slots.Unclaimed{Reason: "release"})
	if err != nil {
		return err
	}
	t.Status, t.ClaimedBy = slots.StatusOpen, ""
	return c.record(ctx, t, seq)
}

// closeTask ends a task.
func (c *client) closeTask(ctx context.Context, id, agent, reason string) error {
	t, err := c.readTask(ctx, id)
	if err != nil || t.Status == slots.StatusClosed {
		return err
	}
	seq, err := c.announce(ctx, slots.EventClosed, id, slots.Closed{AgentID: agent, Reason: reason})
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	t.Status, t.ClaimedBy = slots.StatusClosed, ""
	t.ClosedAt, t.ClosedBy, t.ClosedReason = &now, agent, reason
	return c.record(ctx, t, seq)
}

// announce publishes a task event and returns its sequence.
func (c *client) announce(ctx context.Context, kind slots.EventType, id string, body any) (uint64, error) {
	ev, err := slots.NewTaskEvent(kind, id, time.Now(), body)
	if err != nil {
		return 0, err
	}
	data, err := ev.Encode()
	if err != nil {
		return 0, err
	}
	ack, err := c.js.Publish(ctx, "tasks.events."+id, data)
	if err != nil {
		return 0, fmt.Errorf("demo: announce %s of task %s: %w", kind, id, err)
	}
	return ack.Sequence, nil
}

// record writes what an event did to a task, unless somebody was quicker.
func (c *client) record(ctx context.Context, t known, seq uint64) error {
	t.UpdatedAt, t.LastEventSeq = time.Now().UTC(), seq
	value, err := t.Encode()
	if err != nil {
		return err
	}
	_, err = c.tasks.Update(ctx, t.ID, value, t.rev)
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return fmt.Errorf("%w: task was changed meanwhile", errRefused)
	}
	return err
}

// raceFor claims a task in the form it had before its next change, which is too
// late by then.
func (c *client) raceFor(ctx context.Context, id, agent, slot string) error {
	t, err := c.readTask(ctx, id)
	if err != nil {
		return err
	}
	w, err := c.tasks.Watch(ctx, id, jetstream.ResumeFromRevision(t.rev+1))
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }() // fails only on a connection that is gone
	for e := range w.Updates() {
		if e == nil { // what there was; changes come now
			continue
		}
		if err := c.claim(ctx, t, agent, slot); !errors.Is(err, errRefused) {
			return err
		}
		return nil
	}
	return ctx.Err()
}
