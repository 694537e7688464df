package hub

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/seed"
	"bones-tui/slots"
)

// pruneSlots removes slot directories that nobody can miss.
func (r *running) pruneSlots(ctx context.Context) error {
	pruned, err := slots.Pruner{Root: r.dir.Root, Conn: r.conn, Clean: r.cleanSlot}.Prune(ctx)
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: slot prune: %v", err)
	}
	for _, name := range pruned.Removed {
		if saved := pruned.Saved[name]; saved != "" {
			r.log.Lifecycle(LevelInfo, "hub: removed dead slot %s, its work is kept in %s", name, saved)
			continue
		}
		r.log.Lifecycle(LevelInfo, "hub: removed dead slot %s", name)
	}
	return nil
}

// cleanSlot reports whether the hub has all that a slot holds: its worktree, if it has
// files, is as checked out, and its clone ends in check-ins that were pushed.
func (r *running) cleanSlot(ctx context.Context, slotDir string) (bool, error) {
	return cleanSlot(ctx, r.repo, slotDir)
}

func cleanSlot(ctx context.Context, repo seed.Resolver, slotDir string) (bool, error) {
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
	return pushed(ctx, repo, clone)
}

// pushed reports whether a repository has every check-in in which a clone ends, and its notes.
func pushed(ctx context.Context, repo seed.Resolver, clone *fossil.Repo) (bool, error) {
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
