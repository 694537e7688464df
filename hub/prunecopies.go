package hub

import (
	"context"
	"sync"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/internal/slotwork"
)

// holder is a repository that can tell what it has.
type holder interface {
	seed.Historian
	seed.Resolver
	seed.Filer
}

// pruneCopies removes the copies in which there is nothing that git has not received. What a
// worktree had counts as received if the repository has it, as lacks says, and git has all
// check-ins.
func pruneCopies(ctx context.Context, d bonesdir.Dir, present holder, keep string) ([]string, error) {
	judge, err := judgeBy(ctx, d, present)
	if err != nil {
		return nil, err
	}
	return copies.Prune(ctx, d, keep, judge)
}

// judgeBy judges by what the repository has, and git of it.
func judgeBy(ctx context.Context, d bonesdir.Dir, present holder) (copies.Judge, error) {
	lastApplied := seed.LastApplied(d)
	_, pending, err := seed.Unreceived(ctx, present, lastApplied, 1)
	if err != nil {
		return copies.Judge{}, err
	}
	read := sync.OnceValues(func() (*slotwork.Trunk, error) { return slotwork.TrunkOf(ctx, d, present) }) // mostly there is no tree
	return copies.Judge{
		Repository: func(ctx context.Context, repo *fossil.Repo) (bool, error) {
			return seed.InGit(ctx, repo, lastApplied)
		},
		Tree: func(ctx context.Context, t copies.Tree) (bool, error) {
			known, err := read()
			if err != nil {
				return false, err
			}
			lacks, err := known.Lacks(ctx, t)
			return pending == 0 && len(lacks) == 0, err
		},
	}, nil
}
