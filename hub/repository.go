package hub

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"os"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/inspect"
	"bones-tui/hub/internal/origin"
)

// repository is all that a hub asks of a Fossil engine; another engine is
// another implementation of it.
type repository interface {
	ProjectCode() string
	ProjectName() string
	Commit(context.Context, fossil.Commit) (fossil.CheckIn, error)
	trunkReader
	filer
	annotated
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

// annotated is what can tell what is kept beside check-ins.
type annotated interface {
	Notes(ctx context.Context, limit int) ([]fossil.Note, error)
	HasNote(ctx context.Context, n fossil.Note) (bool, error)
}

// trunkReader is the part of it that a screen reads.
type trunkReader interface {
	historian
	inspect.Repository
}

// orchestrator is the repository user under whose name the hub checks in.
const orchestrator = "orchestrator"

// openRepository opens path, creating an empty repository if there is none. Beside
// an error that tells of damage there is a repository to read from.
func openRepository(ctx context.Context, d bonesdir.Dir, path string, how Durability) (r *fossil.Repo, created bool, err error) {
	relaxed := how == DurabilityOS
	if _, err := os.Lstat(path); err == nil {
		r, err := openDatabase(ctx, d, path, fossil.ReadWrite, fossil.WithRelaxedSync(relaxed))
		return r, false, err
	}
	if err := bonesdir.CheckDatabase(d.State, path); err != nil {
		return nil, false, err
	}
	r, err = createRepository(ctx, d, path, fossil.CreateOptions{ProjectName: d.Name(), User: orchestrator, RelaxedSync: relaxed})
	return r, true, err
}

// openDatabase opens a repository of the state directory, the one way to do so: SQLite opens
// by name, so the names are looked at first.
func openDatabase(ctx context.Context, d bonesdir.Dir, path string, m fossil.Mode, opts ...fossil.Option) (*fossil.Repo, error) {
	if err := bonesdir.CheckDatabase(d.State, path); err != nil {
		return nil, err
	}
	return fossil.Open(ctx, path, m, opts...)
}

// createRepository makes a repository that is signed before it is there.
func createRepository(ctx context.Context, d bonesdir.Dir, path string, o fossil.CreateOptions) (*fossil.Repo, error) {
	var random [20]byte
	_, _ = rand.Read(random[:]) // never fails
	o.ProjectCode = hex.EncodeToString(random[:])
	_ = origin.Sign(d, o.ProjectCode) // who opens it tells
	return fossil.Create(ctx, path, o)
}
