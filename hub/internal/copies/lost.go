package copies

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bones-tui/hub/bonesdir"
)

// Held is an open repository to which no path may lead any more.
type Held interface {
	ProjectCode() string
	CopyHeld(ctx context.Context, path string) error
}

// SaveLost writes what a repository holds that the workspace has lost, and returns where.
func SaveLost(ctx context.Context, d bonesdir.Dir, r Held) (path string, err error) {
	home, err := d.LostHome()
	if err == nil {
		err = os.MkdirAll(home, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("copies: save: %w", err)
	}
	if len(found(home, home, OfLost)) >= MaxRuns {
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
