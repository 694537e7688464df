package seed

import (
	"context"

	"bones-tui/hub/fossil"
)

// Annotated is what can tell what is kept beside check-ins.
type Annotated interface {
	Notes(ctx context.Context, limit int) ([]fossil.Note, error)
	HasNote(ctx context.Context, n fossil.Note) (bool, error)
}

// Historian is the part of a repository that the status reads.
type Historian interface {
	Tip(ctx context.Context, branch string) (fossil.CheckIn, error)
	Timeline(context.Context, fossil.TimelineOptions) ([]fossil.CheckIn, error)
	Outside(ctx context.Context, heads []string, limit int) ([]fossil.CheckIn, int64, error)
	Stats(context.Context) (fossil.Stats, error)
}

// recorded is a repository whose content can be listed.
type recorded interface {
	Historian
	Annotated
}

// Resolver tells whether a repository has a check-in, or a note.
type Resolver interface {
	Resolve(ctx context.Context, name string) (fossil.CheckIn, error)
	Annotated
}

// Filer is a repository that tells of its files.
type Filer interface {
	Files(ctx context.Context, uuid string) ([]fossil.FileInfo, error)
	Brought(ctx context.Context, since, name string, h fossil.Hashes) (bool, error)
}
