package seed

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/origin"
)

// User is the repository user under whose name the hub checks in.
const User = "orchestrator"

// OpenOrCreate opens path, creating an empty repository if there is none. Beside
// an error that tells of damage there is a repository to read from.
func OpenOrCreate(ctx context.Context, d bonesdir.Dir, path string, relaxed bool) (r *fossil.Repo, created bool, err error) {
	if _, err := os.Lstat(path); err == nil {
		r, err := Open(ctx, d, path, fossil.ReadWrite, fossil.WithRelaxedSync(relaxed))
		return r, false, err
	}
	if err := bonesdir.CheckDatabase(d.State, path); err != nil {
		return nil, false, err
	}
	r, err = Create(ctx, d, path, fossil.CreateOptions{ProjectName: d.Name(), User: User, RelaxedSync: relaxed})
	return r, true, err
}

// Open opens a repository of the state directory, the one way to do so: SQLite opens
// by name, so the names are looked at first.
func Open(ctx context.Context, d bonesdir.Dir, path string, m fossil.Mode, opts ...fossil.Option) (*fossil.Repo, error) {
	if err := bonesdir.CheckDatabase(d.State, path); err != nil {
		return nil, err
	}
	return fossil.Open(ctx, path, m, opts...)
}

// Create makes a repository that is signed before it is there.
func Create(ctx context.Context, d bonesdir.Dir, path string, o fossil.CreateOptions) (*fossil.Repo, error) {
	var random [20]byte
	_, _ = rand.Read(random[:]) // never fails
	o.ProjectCode = hex.EncodeToString(random[:])
	_ = origin.Sign(d, o.ProjectCode) // who opens it tells
	return fossil.Create(ctx, path, o)
}
