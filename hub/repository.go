package hub

import (
	"context"
	"net/http"

	"bones-tui/hub/fossil"
	"bones-tui/hub/inspect"
	"bones-tui/hub/internal/seed"
)

// repository is all that a hub asks of a Fossil engine; another engine is
// another implementation of it.
type repository interface {
	ProjectCode() string
	ProjectName() string
	Commit(context.Context, fossil.Commit) (fossil.CheckIn, error)
	trunkReader
	seed.Filer
	seed.Annotated
	Requests() uint64
	Verify(context.Context) error
	SetReady(bool)             // whether /healthz may say ok
	SetRefusing(reason string) // why each sync message is refused
	Handler(fossil.HandlerOptions) http.Handler
	Subscribe(func(fossil.CheckIn)) (cancel func())
	CopyTo(ctx context.Context, path string) (fossil.Mark, error)
	CopyHeld(ctx context.Context, path string) error
	CopyNews(ctx context.Context, path string, since fossil.Mark) (fossil.Mark, error)
	HandleSync(ctx context.Context, msg []byte, p fossil.Peer) ([]byte, error)
	Close() error
}

// trunkReader is the part of it that a screen reads.
type trunkReader interface {
	seed.Historian
	inspect.Repository
}

func closeRepo(r *fossil.Repo) error {
	if r == nil {
		return nil
	}
	return r.Close()
}

// archiveTime is how the names of what is moved aside tell when.
const archiveTime = "20060102T150405Z"
