package copies

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Judge says what is kept elsewhere for good. Doubt is no.
type Judge struct {
	Repository func(context.Context, *fossil.Repo) (bool, error)
	Tree       func(context.Context, Tree) (bool, error)
}

// Prune removes what runs have left of which the judge says that git has all of it, but for
// what lies in the directory keep. It returns what it has removed. What cannot be read stays.
func Prune(ctx context.Context, d bonesdir.Dir, keep string, j Judge) (removed []string, err error) {
	homes, err := runs(d)
	if err != nil {
		return nil, err
	}
	for _, home := range homes {
		if home == keep {
			continue
		}
		gone, failed := pruneRun(ctx, d, home, j)
		removed = append(removed, gone...)
		err = errors.Join(err, failed)
	}
	return removed, err
}

func pruneRun(ctx context.Context, d bonesdir.Dir, home string, j Judge) (removed []string, err error) {
	for _, c := range found(d.State, home, OfRun) {
		if over(ctx, c, j) {
			removed = append(removed, c.Path)
			err = errors.Join(err, os.Remove(c.Path))
		}
	}
	entries, _ := inside.ReadDir(d.State, filepath.Join(home, treesDir)) // mostly there is none
	for _, e := range entries {
		path := filepath.Join(home, treesDir, e.Name())
		if treeOver(ctx, d, readTree(d, path), j) {
			removed = append(removed, path)
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	for _, dir := range []string{filepath.Join(home, treesDir), home} {
		_ = os.Remove(dir) // unless something is in it
	}
	return removed, err
}

// PruneOthers removes, likewise, what runs have not left. That is worktrees that were moved here
// before their slots were removed, their clones, archives, and repositories that were saved
// when their state directory was lost.
func PruneOthers(ctx context.Context, d bonesdir.Dir, j Judge) (removed []string, err error) {
	trees, err := movedTrees(ctx, d)
	for _, t := range trees {
		if t.Problem != "" {
			continue
		}
		if ok, judged := j.Tree(ctx, t); ok && judged == nil && ctx.Err() == nil {
			removed = append(removed, t.Path)
			err = errors.Join(err, os.RemoveAll(t.Path))
		}
	}
	for _, c := range others(d) {
		if over(ctx, c, j) {
			removed = append(removed, c.Path)
			err = errors.Join(err, os.Remove(c.Path))
		}
	}
	return removed, err
}

// treeOver reports whether a saved state may go: its files, and its clone. What cannot be read
// stays.
func treeOver(ctx context.Context, d bonesdir.Dir, t Tree, j Judge) bool {
	if t.Problem != "" {
		return false
	}
	for _, c := range found(d.State, t.Path, OfClone) {
		if !over(ctx, c, j) {
			return false
		}
	}
	ok, err := j.Tree(ctx, t)
	return ok && err == nil
}

// over reports whether a copy may go. One with a log beside it is just being written, or was
// when a hub died: it is looked at once it is in one file again.
func over(ctx context.Context, c Copy, j Judge) bool {
	for _, suffix := range []string{"-wal", "-journal"} {
		if _, err := os.Lstat(c.Path + suffix); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	if bonesdir.CheckDatabase(c.below, c.Path) != nil {
		return false
	}
	repo, err := fossil.Open(ctx, c.Path, fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		_ = closed(repo) // what cannot be read stays
		return false
	}
	ok, err := j.Repository(ctx, repo)
	return errors.Join(err, repo.Close()) == nil && ok
}
