package slots

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The buckets and streams of a hub, by the names the command line uses. Only the
// first three exist from a hub's start; the others appear when first needed.
const (
	BucketTasks      = "bones-tasks"
	BucketSessions   = "bones-swarm-sessions"
	StreamTaskEvents = "tasks-events"
	BucketArchive    = "bones-task-archive"
	BucketHolds      = "bones-holds"
	BucketPresence   = "bones-presence"
)

// TaskEventSubjects is the subject filter of StreamTaskEvents; the last token is
// the task's id.
const TaskEventSubjects = "tasks.events.>"

// migrationMarker is a key of BucketTasks that is not a task.
const migrationMarker = "__bones_tasks_events_migrated"

// EnsureBuckets creates what a hub must offer from its start and leaves alone what
// exists, however it is configured: the command line rewrites those settings as it
// sees fit and fails on ones it does not expect. For the hub only.
func EnsureBuckets(ctx context.Context, nc *nats.Conn) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return fmt.Errorf("slots: create buckets: %w", err)
	}
	for _, c := range []jetstream.KeyValueConfig{
		{Bucket: BucketTasks, History: 8, Storage: jetstream.FileStorage, Replicas: 1},
		{Bucket: BucketSessions, History: 1, TTL: 5 * time.Minute, Storage: jetstream.FileStorage, Replicas: 1},
	} {
		if err := ensureBucket(ctx, js, c); err != nil {
			return fmt.Errorf("slots: create bucket %s: %w", c.Bucket, err)
		}
	}
	if err := ensureStream(ctx, js); err != nil {
		return fmt.Errorf("slots: create stream %s: %w", StreamTaskEvents, err)
	}
	return nil
}

func ensureBucket(ctx context.Context, js jetstream.JetStream, c jetstream.KeyValueConfig) error {
	if there, err := exists(ctx, js, bucketSubjects(c.Bucket)); there || err != nil {
		return err
	}
	_, err := js.CreateKeyValue(ctx, c)
	if errors.Is(err, jetstream.ErrBucketExists) {
		return nil // somebody was quicker
	}
	return err
}

func ensureStream(ctx context.Context, js jetstream.JetStream) error {
	if there, err := exists(ctx, js, TaskEventSubjects); there || err != nil {
		return err
	}
	_, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name:      StreamTaskEvents,
		Subjects:  []string{TaskEventSubjects},
		Retention: jetstream.LimitsPolicy,
		Storage:   jetstream.FileStorage,
		Replicas:  1,
	})
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return nil
	}
	return err
}
