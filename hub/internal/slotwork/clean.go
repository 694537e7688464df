package slotwork

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/seed"
)

// Clean reports whether the hub has all that a slot holds: its worktree, if it has
// files, is as checked out, and its clone ends in check-ins that were pushed.
func Clean(ctx context.Context, repo seed.Resolver, slotDir string) (bool, error) {
	if err := bonesdir.CheckSlot(slotDir); err != nil {
		return false, err
	}
	tree := filepath.Join(slotDir, bonesdir.SlotTree)
	if entries, err := inside.ReadDir(slotDir, tree); len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		if clean, err := fossil.CleanCheckout(ctx, tree, filepath.Join(slotDir, bonesdir.SlotClone)); err != nil || !clean {
			return false, err
		}
	}
	clone, err := fossil.Open(ctx, filepath.Join(slotDir, bonesdir.SlotClone), fossil.ReadOnly)
	if clone != nil {
		defer func() { _ = clone.Close() }()
	}
	if err != nil {
		return false, err
	}
	return Pushed(ctx, repo, clone)
}

// Pushed reports whether a repository has every check-in in which a clone ends, and its notes.
func Pushed(ctx context.Context, repo seed.Resolver, clone *fossil.Repo) (bool, error) {
	leaves, err := clone.Leaves(ctx)
	if err != nil {
		return false, err
	}
	for _, leaf := range leaves {
		if _, err := repo.Resolve(ctx, leaf.UUID); errors.Is(err, fossil.ErrNotFound) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	notes, err := clone.Notes(ctx, 0)
	if err != nil {
		return false, err
	}
	for _, n := range notes {
		if has, err := repo.HasNote(ctx, n); err != nil || !has {
			return false, err
		}
	}
	return true, nil
}
