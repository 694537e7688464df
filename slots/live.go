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
	b := newBoard(bonesdir.At(root).Root, hostname())
	dirs, dirErr := scan(bonesdir.At(root), nil)
	b.setDirs(dirs)
	var kvErr error
	if nc != nil {
		kvErr = readSlots(ctx, nc, b)
	}
	now := time.Now()
	live := slices.DeleteFunc(b.snapshot(), func(s Slot) bool { return !s.Live(now, b.host) })
	return live, errors.Join(dirErr, kvErr)
}

// readSlots puts the sessions, and the tasks if they can be read, on the board.
func readSlots(ctx context.Context, nc *nats.Conn, b *board) error {
	sessions, err := readBucket(ctx, nc, BucketSessions)
	if err != nil && !errors.Is(err, jetstream.ErrBucketNotFound) {
		return err
	}
	b.listSessions(sessions, time.Now())
	if tasks, err := readBucket(ctx, nc, BucketTasks); err == nil {
		b.listTasks(tasks) // titles are a courtesy: without them the answer is as right
	}
	return nil
}
