// Package slotwork tells which work of a slot is nowhere but in its directory (clean.go), or
// in what was saved of it (trunk.go).
package slotwork

import (
	"context"
	"errors"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/seed"
)

// Trunk is what saved worktrees are compared with.
type Trunk struct {
	dir   bonesdir.Dir
	repo  seed.Filer        // nil if there is none
	files map[string]string // hash of each file of its tip
}

// ReadTrunk is TrunkOf for a repository that may be nil: there is none then.
func ReadTrunk(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo) (*Trunk, error) {
	if repo == nil {
		return &Trunk{dir: d}, nil
	}
	return TrunkOf(ctx, d, repo)
}

// TrunkOf reads what trunk of a repository holds.
func TrunkOf(ctx context.Context, d bonesdir.Dir, repo seed.Filer) (*Trunk, error) {
	files, err := repo.Files(ctx, fossil.Trunk)
	if err != nil && !errors.Is(err, fossil.ErrNotFound) {
		return nil, err
	}
	t := &Trunk{d, repo, make(map[string]string, len(files))}
	for _, f := range files {
		t.files[f.Name] = f.UUID
	}
	return t, nil
}

// Lacks lists the files of a saved worktree that are nowhere else as they are there: neither
// does trunk have that content under that name, nor has a check-in brought it since the one
// that the worktree stood on. Of a file that was deleted there, that trunk has none. Whether a
// file can be run does not count.
func (t *Trunk) Lacks(ctx context.Context, tree copies.Tree) (names []string, err error) {
	for _, f := range tree.Files {
		held, failed := t.has(ctx, tree, f)
		if !held || failed != nil {
			names, err = append(names, f.Name), errors.Join(err, failed)
		}
	}
	return names, err
}

func (t *Trunk) has(ctx context.Context, tree copies.Tree, f copies.MetaFile) (bool, error) {
	there, tracked := t.files[f.Name]
	switch {
	case f.Kind == string(fossil.EditMissing):
		return !tracked, nil
	case t.repo == nil:
		return false, nil
	}
	h, err := t.hashes(ctx, tree.File(f), f.Link())
	if err != nil {
		return false, err
	}
	if tracked && h.Name(there) {
		return true, nil
	}
	return t.repo.Brought(ctx, tree.CheckIn, f.Name, h)
}

// hashes are those of a file, or of where a link points to.
func (t *Trunk) hashes(ctx context.Context, path string, link bool) (fossil.Hashes, error) {
	if link {
		parent, name, err := inside.Parent(t.dir.State, path, false)
		if err != nil {
			return fossil.Hashes{}, err
		}
		target, err := parent.Readlink(name)
		if err = errors.Join(err, parent.Close()); err != nil {
			return fossil.Hashes{}, err
		}
		return fossil.HashesOf(ctx, strings.NewReader(target))
	}
	f, err := inside.Open(t.dir.State, path)
	if err != nil {
		return fossil.Hashes{}, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	return fossil.HashesOf(ctx, f)
}
