package details

import (
	"context"

	"bones-tui/hub/inspect"
)

// Inspector reads what the hub holds, for the views that go into detail. Each call
// reads one bounded page.
type Inspector interface {
	Connections(context.Context) (list []inspect.Connection, total int, err error)
	Connection(ctx context.Context, id uint64) (inspect.Connection, error)
	Stores(context.Context) (list []inspect.Store, more bool, err error)
	Messages(ctx context.Context, stream string, before uint64, limit int) (inspect.MessagePage, error)
	Message(ctx context.Context, stream string, sequence uint64) (inspect.Message, error)
	Entries(ctx context.Context, bucket string, before uint64, limit int) (inspect.EntryPage, error)
	Revisions(ctx context.Context, bucket, key string) ([]inspect.Entry, error)
	Timeline(ctx context.Context, user string, skip, limit int) (inspect.Timeline, error)
	CheckIn(ctx context.Context, uuid string) (inspect.CheckInDetail, error)
	Diff(context.Context, inspect.FileChange) (inspect.FileDiff, error)
}
