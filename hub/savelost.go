package hub

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/seed"
)

const (
	// saveWithin is how long what the repository held may take to be saved.
	saveWithin = 5 * time.Minute
	// saveAgain is how long it is waited after it could not be.
	saveAgain = 5 * time.Second
)

// saveLost saves what the repository held when nothing leads to it any more, nor to its copy.
// It tries until it has, or the hub ends. A hub that is stopped, or that another one follows,
// tries first.
func (c *copier) saveLost(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	again := time.NewTicker(saveAgain)
	defer again.Stop()
	for leaving := false; ; {
		err := c.trySave(ctx)
		if err == nil || leaving {
			return
		}
		if why := strings.ReplaceAll(err.Error(), "\n", "; "); c.r.unsaved.Swap(&why) == nil {
			c.r.log.Lifecycle(LevelError, "hub: what the repository held could not be saved, and is tried again every %s: %s", saveAgain, why)
		}
		select {
		case <-again.C:
		case <-c.leave:
			leaving = true
		}
	}
}

func (c *copier) trySave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, saveWithin)
	defer cancel()
	path, err := copies.SaveLost(ctx, c.r.dir, c.r.repo)
	if err != nil {
		return err
	}
	c.r.unsaved.Store(nil)
	if all, err := c.allGiven(ctx, path); all && err == nil {
		return os.Remove(path)
	}
	c.r.saved.Store(&path)
	c.r.log.Lifecycle(LevelWarn, "hub: what the repository held is saved as %s; once the workspace has a hub again, bones-tui hub recover --stop brings it back", path)
	return nil
}

// allGiven reports whether git has all that was saved.
func (c *copier) allGiven(ctx context.Context, path string) (bool, error) {
	repo, err := fossil.Open(ctx, path, fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return false, errors.Join(err, closeRepo(repo))
	}
	all, err := seed.InGit(ctx, repo, c.given)
	return all, errors.Join(err, repo.Close())
}
