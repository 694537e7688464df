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
// directories or the sessions cannot be read it returns the live ones it did find,
// and an error: the guard decides what that is worth. A bucket that does not exist
// holds no sessions.
func Live(ctx context.Context, root string, nc *nats.Conn) ([]Slot, error) {
	all, err := Snapshot(ctx, root, nc)
	now, host := time.Now(), hostname()
	return slices.DeleteFunc(all, func(s Slot) bool { return !s.Live(now, host) }), err
}

// Snapshot returns the slots of the workspace at root as they are now, sorted by name,
// without their Work. Without a connection it knows only what files tell. If the
// directories or the sessions cannot be read it returns what it did find, and an
// error. It creates nothing.
func Snapshot(ctx context.Context, root string, nc *nats.Conn) ([]Slot, error) {
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
	return b.snapshot(), errors.Join(dirErr, kvErr)
}

// readBuckets puts the sessions on the board, and what else can be read: without
// titles and holds the answer is as right.
func (b *board) readBuckets(ctx context.Context, nc *nats.Conn) error {
	sessions, err := readBucket(ctx, nc, BucketSessions)
	if err != nil && !errors.Is(err, jetstream.ErrBucketNotFound) {
		return err
	}
	b.listSessions(sessions, time.Now())
	if tasks, err := readBucket(ctx, nc, BucketTasks); err == nil {
		b.listTasks(tasks)
	}
	if holds, err := readBucket(ctx, nc, BucketHolds); err == nil {
		b.signs.listHolds(holds, time.Now())
	}
	if present, err := readBucket(ctx, nc, BucketPresence); err == nil {
		b.signs.listPresence(present, time.Now())
	}
	return nil
}
