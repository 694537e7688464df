package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/seed"
)

// checkWorktrees refuses to start over .claude/worktrees/agent-* directories.
func checkWorktrees(root string) error {
	found, err := bonesdir.LegacyWorktrees(root)
	if err != nil {
		return fmt.Errorf("hub: look for legacy worktrees: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrStaleClaudeWorktrees, strings.Join(found, ", "))
}

// mayFollow reports what would keep another hub from coming up in the place of this one,
// which would be stopped for nothing.
func mayFollow(ctx context.Context, d bonesdir.Dir, reseed bool) error {
	if err := checkWorktrees(d.Root); err != nil {
		return err
	}
	_, err := seed.ReadTree(ctx, d)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrTrackedState) && !seed.NeedsGit(d, reseed) {
		return nil
	}
	return err
}
