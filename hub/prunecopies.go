package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/internal/slotwork"
)

// PruneRecovery removes everything in the recovery directory, and each archive of a
// repository, of which git has all: the check-ins, and for each file of a worktree a check-in
// that has its content. It returns the paths. What cannot be read, or of which there is any
// doubt, stays. No hub may run: the error matches ErrRunning.
func PruneRecovery(ctx context.Context, root string) (removed []string, err error) {
	err = withoutHub(ctx, root, func(r *running) error {
		present, err := seed.Open(ctx, r.dir, r.dir.Fossil(), fossil.ReadOnly)
		if err != nil {
			return fmt.Errorf("hub: prune: %w", errors.Join(err, closeRepo(present)))
		}
		judge, err := judgeBy(ctx, r.dir, present)
		if err == nil {
			removed, err = copies.Prune(ctx, r.dir, "", judge)
		}
		if err == nil {
			var others []string
			others, err = copies.PruneOthers(ctx, r.dir, judge)
			removed = append(removed, others...)
		}
		if len(removed) > 0 {
			r.log.Lifecycle(LevelInfo, "hub: git has what was in %s; removed %s", plural.Of(len(removed), "copy"), strings.Join(removed, ", "))
		}
		return errors.Join(err, present.Close())
	})
	return removed, err
}

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
