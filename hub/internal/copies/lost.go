package copies

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bones-tui/hub/bonesdir"
)

// Held is an open repository to which no path may lead any more.
type Held interface {
	ProjectCode() string
	CopyHeld(ctx context.Context, path string) error
}

// makeReal makes a directory of our own: what is saved is found again only if it is no link.
func makeReal(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return errors.Join(err, &fs.PathError{Op: "save in", Path: dir, Err: errors.New("it is no directory; remove it")})
	}
	return nil
}

// SaveLost writes what a repository holds that the workspace has lost, and returns where.
func SaveLost(ctx context.Context, d bonesdir.Dir, r Held) (path string, err error) {
	home, err := d.LostHome()
	if err == nil {
		err = makeReal(home)
	}
	if err != nil {
		return "", fmt.Errorf("copies: save: %w", err)
	}
	kept := slices.DeleteFunc(found(home, home, OfLost), func(c Copy) bool { return c.Bytes == 0 })
	if len(kept) >= MaxRuns {
		return "", fmt.Errorf("copies: save: %w: %d in %s", ErrTooMany, MaxRuns, home)
	}
	if path, err = freeName(home, fileName(r)); err != nil {
		return "", fmt.Errorf("copies: save: %w", err)
	}
	fresh := path + freshSuffix
	_ = os.Remove(fresh) // of a process that was killed; if that fails, so does the next step
	if err = r.CopyHeld(ctx, fresh); err == nil {
		err = errors.Join(os.Rename(fresh, path), syncDir(home, home))
	}
	if err != nil {
		return "", fmt.Errorf("copies: save: %w", err)
	}
	return path, nil
}
