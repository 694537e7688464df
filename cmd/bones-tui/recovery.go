package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"bones-tui/hub"
)

// recovery is what the screen does with copies of a workspace. What it writes goes to a
// directory of the user's that neither `git clean` nor `bones down` empties.
type recovery struct{ root, dir string }

// Copies lists what copies hold and the repository does not.
func (r recovery) Copies(ctx context.Context) ([]hub.Recoverable, error) {
	return hub.Recover(ctx, r.root)
}

// BringBack brings the check-ins of a copy back.
func (r recovery) BringBack(ctx context.Context, path string) (hub.BroughtBack, error) {
	return hub.BringBack(ctx, r.root, path)
}

// Patches writes one file for each leaf of a copy.
func (r recovery) Patches(ctx context.Context, path string) ([]hub.Patch, error) {
	return hub.WriteRecoveryPatches(ctx, r.root, path, r.dir)
}

// patches writes one file for each leaf of the repository.
func (r recovery) patches(ctx context.Context) ([]hub.Patch, error) {
	return hub.WritePatches(ctx, r.root, r.dir)
}

// Files writes a saved worktree to a directory of its own.
func (r recovery) Files(ctx context.Context, path string) (dir string, n int, err error) {
	dir = filepath.Join(r.dir, fmt.Sprintf("%s-%s", filepath.Base(path), time.Now().UTC().Format("20060102T150405Z")))
	n, err = hub.BringBackFiles(ctx, r.root, path, dir)
	return dir, n, err
}
