package tasklog

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/slots"
)

// Recovered is what a recovery has done.
type Recovered struct {
	Settled uint64 // the event up to which no record waits for its event's effect
	Applied int    // events that took effect
	Skipped int    // events that cannot, or whose effect is there
}

// Recover gives effect to task events whose writer died between the event and the record:
// those after done, which an earlier one has settled, that were stored before a time. After
// an error the next one goes on at done.
func Recover(ctx context.Context, conn *nats.Conn, before time.Time, done uint64) (Recovered, error) {
	rec, err := newRecovery(ctx, conn, before)
	if err != nil {
		return Recovered{Settled: done}, fmt.Errorf("tasklog: recover: %w", err)
	}
	settled, err := rec.run(ctx, done)
	if err != nil {
		err = fmt.Errorf("tasklog: recover: %w", err)
	}
	return Recovered{settled, rec.applied, rec.skipped}, err
}

// recovery replays the stream of task events onto the records.
type recovery struct {
	events   jetstream.Stream
	tasks    jetstream.Stream   // of the bucket: its messages tell deletion from absence
	bucket   jetstream.KeyValue // the same, for writing
	before   time.Time          // later events belong to clients that are at work
	applied  int
	skipped  int
	unstored map[string]*replayed
}

// maxReplayed bounds the records that are held in memory.
const maxReplayed = 2000

// recordKey matches the keys that a bucket takes from its clients.
// Source: NATS architecture decision 8.
var recordKey = regexp.MustCompile(`^[-/_=A-Za-z0-9]+(\.[-/_=A-Za-z0-9]+)*$`)

// replayed is a record under replay.
type replayed struct {
	task     *slots.Task // nil: there is none
	revision uint64      // 0: the key was never used
	gone     bool        // the record was deleted on purpose, or cannot be read
	dirty    bool
}

func newRecovery(ctx context.Context, conn *nats.Conn, before time.Time) (*recovery, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	rec := &recovery{before: before, unstored: map[string]*replayed{}}
	if rec.events, err = js.Stream(ctx, slots.StreamTaskEvents); err != nil {
		return nil, fmt.Errorf("open %s: %w", slots.StreamTaskEvents, err)
	}
	if rec.bucket, err = js.KeyValue(ctx, slots.BucketTasks); err != nil {
		return nil, fmt.Errorf("open %s: %w", slots.BucketTasks, err)
	}
	if rec.tasks, err = js.Stream(ctx, "KV_"+slots.BucketTasks); err != nil {
		return nil, fmt.Errorf("open %s: %w", slots.BucketTasks, err)
	}
	return rec, nil
}

// run replays what came after done and returns how far everything is settled.
func (rec *recovery) run(ctx context.Context, done uint64) (uint64, error) {
	last := rec.events.CachedInfo().State.LastSeq
	if done > last { // of a store that is gone
		done = 0
	}
	settled := done
	for settled < last {
		m, err := rec.events.GetMsg(ctx, settled+1, jetstream.WithGetMsgSubject(slots.TaskEventSubjects))
		if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && !m.Time.Before(rec.before) {
			break
		}
		if err == nil {
			err = rec.replay(ctx, m)
		}
		if err == nil && len(rec.unstored) > maxReplayed {
			err = rec.store(ctx)
			clear(rec.unstored)
		}
		if err != nil {
			return done, fmt.Errorf("event %d: %w", settled+1, err)
		}
		settled = m.Sequence
	}
	if err := rec.store(ctx); err != nil {
		return done, err
	}
	return settled, nil
}

// replay gives effect to one event, in memory.
func (rec *recovery) replay(ctx context.Context, m *jetstream.RawStreamMsg) error {
	ev, err := slots.DecodeTaskEvent(m.Data)
	if err == nil && !recordKey.MatchString(ev.TaskID) {
		return nil // an id that no record can have
	}
	if err != nil || ev.Type > slots.EventClosed || m.Subject != strings.Replace(slots.TaskEventSubjects, ">", ev.TaskID, 1) {
		return nil //nolint:nilerr // not a task event, or one for a newer hub to recover
	}
	t, err := rec.record(ctx, ev.TaskID)
	if err != nil || t.gone || t.task != nil && t.task.LastEventSeq >= m.Sequence {
		return err
	}
	after, ok := replay(t.task, ev)
	switch {
	case ok:
		t.task = &after
		rec.applied++
	case t.task == nil:
		return nil
	default:
		rec.skipped++
	}
	t.task.LastEventSeq, t.dirty = m.Sequence, true
	return nil
}

// record reads a task once.
func (rec *recovery) record(ctx context.Context, id string) (*replayed, error) {
	if t := rec.unstored[id]; t != nil {
		return t, nil
	}
	t := &replayed{}
	m, err := rec.tasks.GetLastMsgForSubject(ctx, "$KV."+slots.BucketTasks+"."+id)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
	case err != nil:
		return nil, err
	default:
		task, err := slots.DecodeTask(m.Data)
		t.task, t.revision = &task, m.Sequence
		t.gone = err != nil // a mark of deletion has no content
	}
	rec.unstored[id] = t
	return t, nil
}

// store writes what has changed, each record only if nobody else wrote it.
func (rec *recovery) store(ctx context.Context) error {
	for id, t := range rec.unstored {
		if !t.dirty {
			continue
		}
		value, err := t.task.Encode()
		if err != nil {
			return err
		}
		_, err = rec.bucket.Update(ctx, id, value, t.revision)
		switch {
		case errors.Is(err, jetstream.ErrKeyRevisionMismatch): // somebody is at work on it, and knows better
		case err != nil:
			return fmt.Errorf("task %s: %w", id, err)
		}
	}
	return nil
}
