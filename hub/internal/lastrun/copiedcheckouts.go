package lastrun

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/incident"
)

// CopiedCheckouts finds the slots whose check-out belongs to a repository of another workspace:
// a state directory that was copied with its slots sends there what is checked in here.
func CopiedCheckouts(ctx context.Context, d bonesdir.Dir) (found []incident.Found, err error) {
	entries, err := inside.ReadDir(d.State, d.Swarm())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var errs []error
	for _, e := range entries {
		if ctx.Err() != nil {
			break
		}
		if !e.IsDir() || bonesdir.CheckSlot(d.Slot(e.Name())) != nil { // the walk tells of what that is
			continue
		}
		tree := filepath.Join(d.Slot(e.Name()), bonesdir.SlotTree)
		path, err := fossil.CheckoutRepository(ctx, tree)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fossil.ErrNotFound) {
				errs = append(errs, err)
			}
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(tree, path)
		}
		if elsewhere(d, path, filepath.Join(d.Slot(e.Name()), bonesdir.SlotClone)) {
			found = append(found, incident.Found{
				Kind: incident.Copied, Key: e.Name() + " " + path, Subject: e.Name(),
				Text: fmt.Sprintf("the check-out of slot %.80s belongs to %.300s, in another workspace: what is checked in here arrives there", e.Name(), path),
			})
		}
	}
	return found, errors.Join(errs...)
}

// elsewhere reports whether a path leads to a file outside of the workspace that is not the
// slot's clone. What is not there takes nothing from anybody: the workspace was moved, or is
// seen from a container.
func elsewhere(d bonesdir.Dir, path, clone string) bool {
	path = filepath.Clean(path)
	for _, own := range []string{d.Root, d.State, withoutLinks(d.Root), withoutLinks(d.State)} {
		if rel, err := filepath.Rel(own, path); err == nil && filepath.IsLocal(rel) {
			return false
		}
	}
	info, err := os.Lstat(path) // it is looked at, and never opened
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	own, err := os.Lstat(clone)
	return err != nil || !os.SameFile(info, own)
}

// withoutLinks is a path without links, or as it is where that cannot be told.
func withoutLinks(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	return path
}
