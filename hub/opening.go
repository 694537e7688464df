package hub

import (
	"context"
	"errors"
	"path/filepath"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

// What a slot's directory holds that a hub looks at.
const (
	cloneFile = "leaf.fossil"
	treeDir   = "wt"
)

// openDatabase opens a repository of the state directory, the one way to do so: SQLite opens
// by name, so the names are looked at first.
func openDatabase(ctx context.Context, d bonesdir.Dir, path string, m fossil.Mode, opts ...fossil.Option) (*fossil.Repo, error) {
	if err := bonesdir.CheckDatabase(d.State, path); err != nil {
		return nil, err
	}
	return fossil.Open(ctx, path, m, opts...)
}

// checkSlot looks at the databases of a slot's directory.
func checkSlot(slotDir string) error {
	return errors.Join(bonesdir.CheckDatabase(slotDir, filepath.Join(slotDir, cloneFile)),
		bonesdir.CheckDatabase(slotDir, filepath.Join(slotDir, treeDir, ".fslckout")),
		bonesdir.CheckDatabase(slotDir, filepath.Join(slotDir, treeDir, "_FOSSIL_")))
}
