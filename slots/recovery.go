package slots

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// saveTree moves a slot's worktree to the recovery directory and returns where it
// went. A rename is a copy that is complete or not there at all; it keeps what a
// process still writes into the tree, and needs no room. withClone moves the slot's
// clone beside it, or the clone alone if there is no worktree.
func saveTree(d bonesdir.Dir, name string, now time.Time, withClone bool) (string, error) {
	slot := d.Slot(name)
	if _, err := inside.Stat(d.State, d.Recovery(), inside.Directory); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("save worktree: %w", err)
	}
	target, err := recoveryPath(d.Recovery(), name, now)
	if err != nil {
		return "", err
	}
	saved, clone := target, target+".fossil"
	switch err := os.Rename(filepath.Join(slot, bonesdir.SlotTree), target); {
	case withClone && errors.Is(err, fs.ErrNotExist):
		saved = clone
	case err != nil:
		return "", fmt.Errorf("save worktree: %w", err)
	}
	if withClone {
		err = moveClone(slot, clone)
	}
	if err = errors.Join(err, syncDir(d.Recovery()), syncDir(slot)); err != nil {
		return saved, fmt.Errorf("save worktree: %w", err)
	}
	return saved, nil
}

// checkDir refuses what would have something removed elsewhere: a link in the place of the
// slot's directory, or of that of all slots.
func checkDir(d bonesdir.Dir, name string) error {
	_, err := inside.Stat(d.State, d.Slot(name), inside.Directory)
	return err
}

// hasWork reports whether the slot's worktree, or with withClone its clone, holds
// something worth keeping. When in doubt it does.
func hasWork(ctx context.Context, slot string, clean CleanFunc, withClone bool) (bool, error) {
	entries, err := inside.ReadDir(slot, filepath.Join(slot, bonesdir.SlotTree))
	if len(entries) == 0 && (err == nil || errors.Is(err, fs.ErrNotExist)) {
		var clone bool
		if clone, err = there(filepath.Join(slot, bonesdir.SlotClone)); !withClone || !clone && err == nil {
			return false, nil
		}
	}
	if err != nil || clean == nil {
		return true, nil
	}
	ok, err := clean(ctx, slot)
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	return !ok || err != nil, nil
}

func there(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// recoveryPath returns a path <dir>/<slot>-<unix> that is free for a worktree and for a
// clone beside it, and makes dir.
func recoveryPath(dir, name string, now time.Time) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make recovery directory: %w", err)
	}
	for unix := now.Unix(); ; unix++ {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d", name, unix))
		tree, errTree := there(path)
		clone, errClone := there(path + ".fossil")
		if err := errors.Join(errTree, errClone); err != nil {
			return "", fmt.Errorf("find recovery path: %w", err)
		}
		if !tree && !clone {
			return path, nil
		}
	}
}

// moveClone moves a slot's clone to target, with SQLite's companion files.
func moveClone(slot, target string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Rename(filepath.Join(slot, bonesdir.SlotClone+suffix), target+suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("save clone: %w", err)
		}
	}
	return nil
}

// syncDir makes renames in a directory last through a loss of power. Windows has no
// such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := inside.OpenDir(dir, dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// CleanFunc reports whether the worktree of the slot in slotDir, if there is one, and
// its clone hold nothing that the hub does not have. An error counts as no.
type CleanFunc func(ctx context.Context, slotDir string) (bool, error)
