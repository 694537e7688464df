package slots

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// Live returns the slots of the workspace at root that a stop of the hub would cut
// off (see Slot.Live), sorted by name. Without a connection only pids count. If the
// directories or the sessions cannot be read, or there are more than are read, it returns
// the live ones it did find, and an error: the guard decides what that is worth. A session
// that cannot be read is live as long as one that was renewed when it was written. A bucket
// that does not exist holds no sessions.
func Live(ctx context.Context, root string, nc *nats.Conn) ([]Slot, error) {
	b, err := readBoard(ctx, root, nc)
	if b.badSessions.full {
		err = errors.Join(err, &UnreadError{b.badSessions.String()})
	}
	now, host := time.Now(), hostname()
	return slices.DeleteFunc(b.snapshot(), func(s Slot) bool { return !s.Live(now, host) }), err
}

// Snapshot returns the slots of the workspace at root as they are now, sorted by name,
// without their Work. Without a connection it knows only what files tell. If the
// directories or the sessions cannot be read it returns what it did find, and an
// error; if single records cannot, that is an *UnreadError. It creates nothing.
func Snapshot(ctx context.Context, root string, nc *nats.Conn) ([]Slot, error) {
	b, err := readBoard(ctx, root, nc)
	if text := b.problem(); text != "" {
		err = errors.Join(err, &UnreadError{text})
	}
	return b.snapshot(), err
}

// UnreadError says which records of a bucket could not be read, and why.
type UnreadError struct{ text string }

func (e *UnreadError) Error() string { return e.text }

// readBoard returns a board as it is now.
func readBoard(ctx context.Context, root string, nc *nats.Conn) (*board, error) {
	d := bonesdir.At(root)
	b := newBoard(d.Root, hostname())
	dirs, dirErr := scan(d, nil)
	b.setDirs(dirs)
	b.readEvents(&tail{path: d.SwarmEvents(), back: oldEvents})
	b.readPlan(d, new(stamp))
	var kvErr error
	if nc != nil {
		kvErr = b.readBuckets(ctx, nc)
	}
	return b, errors.Join(dirErr, kvErr)
}

// readBuckets puts the sessions on the board, and what else can be read: without
// titles and holds the answer is as right.
func (b *board) readBuckets(ctx context.Context, nc *nats.Conn) error {
	sessions, part, err := readBucket(ctx, nc, BucketSessions)
	if err != nil && !errors.Is(err, jetstream.ErrBucketNotFound) {
		return err
	}
	b.listSessions(sessions, time.Now())
	if part {
		b.badSessions.overflow()
	}
	if tasks, _, err := readBucket(ctx, nc, BucketTasks); err == nil {
		b.listTasks(tasks)
	}
	if holds, _, err := readBucket(ctx, nc, BucketHolds); err == nil {
		b.signs.listHolds(holds, time.Now())
	}
	if present, _, err := readBucket(ctx, nc, BucketPresence); err == nil {
		b.signs.listPresence(present, time.Now())
	}
	return nil
}
