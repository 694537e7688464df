package hub

import (
	"context"
	"fmt"

	"bones-tui/hub/fossil"
)

// unreceived lists the check-ins of all branches that git has not received, the newest
// first and at most limit if that is positive, and counts all. This is the one rule: git has
// a check-in if it is an ancestor of what was applied last, or is that, and likewise of the
// base, which is only ever put on top of what git has. A fork of either is not received.
func unreceived(ctx context.Context, repo historian, lastApplied string, limit int) (list []fossil.CheckIn, total int64, err error) {
	heads, err := received(ctx, repo, lastApplied)
	if err != nil {
		return nil, 0, err
	}
	if list, total, err = repo.Outside(ctx, heads, limit); err != nil {
		return nil, 0, fmt.Errorf("hub: list unapplied check-ins: %w", err)
	}
	return list, total, nil
}

// recorded is a repository whose content can be listed.
type recorded interface {
	historian
	annotated
}

// inGit reports whether git has all that a repository holds. It has no place for notes.
func inGit(ctx context.Context, repo recorded, lastApplied string) (bool, error) {
	_, n, err := unreceived(ctx, repo, lastApplied, 1)
	if err != nil || n > 0 {
		return false, err
	}
	notes, err := repo.Notes(ctx, 1)
	return len(notes) == 0, err
}

// received names the check-ins that git has with all their ancestors. What was applied may
// be of an older repository; it then has none here.
func received(ctx context.Context, repo historian, lastApplied string) (heads []string, err error) {
	base, err := findBase(ctx, repo)
	if err != nil {
		return nil, err
	}
	for _, head := range []string{base.UUID, lastApplied} {
		if head != "" {
			heads = append(heads, head)
		}
	}
	return heads, nil
}
