package copies

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// maxStores bounds how many copies of stores are kept: none goes by itself.
const maxStores = 8

// storePrefix begins the name of a copy of a store.
const storePrefix = "store-"

// storeTime is how its name tells when it was taken.
const storeTime = "20060102T150405Z"

// Store copies JetStream's store, as it lies on the disk, to recovery/<run id>/store-<time>,
// and returns where that is. It has its name only once it is complete and on the disk.
func Store(ctx context.Context, d bonesdir.Dir, runID string, now time.Time) (string, error) {
	t := NewTaker(d, runID)
	if err := t.storeRoom(); err != nil {
		return "", err
	}
	if err := t.makeHome(); err != nil {
		return "", err
	}
	path, err := freeName(t.home, storePrefix+now.UTC().Format(storeTime))
	if err != nil {
		return "", fmt.Errorf("copies: copy store: %w", err)
	}
	fresh := path + freshSuffix
	err = copyStore(ctx, d.State, d.Coord(), fresh)
	if err == nil {
		err = errors.Join(os.Rename(fresh, path), syncDir(d.State, t.home))
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("copies: copy store: %w", err), os.RemoveAll(fresh))
	}
	return path, nil
}

// storeRoom refuses one copy too many, and one that would leave less room on the disk than it
// takes.
func (t *Taker) storeRoom() error {
	homes, err := runs(t.dir)
	if err != nil {
		return err
	}
	kept := 0
	for _, home := range homes {
		entries, _ := inside.ReadDir(t.dir.State, home) // what is wrong with it has been told
		for _, e := range entries {
			if e.IsDir() && strings.HasPrefix(e.Name(), storePrefix) {
				kept++
			}
		}
	}
	if kept >= maxStores {
		return fmt.Errorf("%w: %d stores in %s", ErrTooMany, kept, t.dir.Recovery())
	}
	size, err := sizeBelow(t.dir.State, t.dir.Coord())
	if err != nil {
		return err
	}
	if free, known := freeSpace(t.dir.State); known && free < 2*size {
		return fmt.Errorf("%w: a copy of the store takes %d MiB, %d are free", ErrNoRoom, size>>20, free>>20)
	}
	return nil
}

func sizeBelow(state, dir string) (size int64, err error) {
	entries, err := inside.ReadDir(state, dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if e.IsDir() {
			below, err := sizeBelow(state, filepath.Join(dir, e.Name()))
			if err != nil {
				return 0, err
			}
			size += below
		} else if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	return size, nil
}

// copyStore copies a directory with everything in it, and waits until it is on the disk.
func copyStore(ctx context.Context, state, from, to string) error {
	entries, err := inside.ReadDir(state, from)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if e.IsDir() {
			err = copyStore(ctx, state, source, target)
		} else {
			err = duplicate(state, source, state, target, true)
		}
		if err != nil {
			return err
		}
	}
	return syncDir(state, to)
}
