package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
)

// PruneRecovery removes everything in the recovery directory, and each archive of a
// repository, of which git has all: the check-ins, and for each file of a worktree a check-in
// that has its content. It returns the paths. What cannot be read, or of which there is any
// doubt, stays. No hub may run: the error matches ErrRunning.
func PruneRecovery(ctx context.Context, root string) (removed []string, err error) {
	err = withoutHub(ctx, root, func(r *running) error {
		present, err := openDatabase(ctx, r.dir, r.dir.Fossil(), fossil.ReadOnly)
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
			r.log.Lifecycle(LevelInfo, "hub: git has what was in %s; removed %s", counted(len(removed), "copy"), strings.Join(removed, ", "))
		}
		return errors.Join(err, present.Close())
	})
	return removed, err
}

// holder is a repository that can tell what it has.
type holder interface {
	historian
	resolver
	Files(ctx context.Context, uuid string) ([]fossil.FileInfo, error)
	Holds(ctx context.Context, content io.Reader) (bool, error)
}

// pruneCopies removes the copies in which there is nothing that git has not received. What a
// worktree had counts as received if a check-in has it, trunk has no file that was deleted
// there, and git has all check-ins.
func pruneCopies(ctx context.Context, d bonesdir.Dir, present holder, keep string) ([]string, error) {
	judge, err := judgeBy(ctx, d, present)
	if err != nil {
		return nil, err
	}
	return copies.Prune(ctx, d, keep, judge)
}

// judgeBy judges by what the repository has, and git of it.
func judgeBy(ctx context.Context, d bonesdir.Dir, present holder) (copies.Judge, error) {
	lastApplied := readLastApplied(d.LastApplied())
	_, pending, err := unreceived(ctx, present, lastApplied, 1)
	return copies.Judge{
		Repository: func(ctx context.Context, repo *fossil.Repo) (bool, error) {
			return inGit(ctx, repo, lastApplied)
		},
		Tree: func(ctx context.Context, t copies.Tree) (ok bool, err error) {
			if ok, err = deleted(ctx, present, t); err != nil || pending > 0 {
				return false, err
			}
			for _, f := range t.Files {
				if ok && err == nil && f.Kind != string(fossil.EditMissing) {
					ok, err = holdsFile(ctx, d, present, t.File(f), f.Link())
				}
			}
			return ok, err
		},
	}, err
}

// deleted reports whether trunk has none of the files that a worktree had deleted.
func deleted(ctx context.Context, present holder, t copies.Tree) (bool, error) {
	files, err := present.Files(ctx, fossil.Trunk)
	if err != nil {
		return false, err
	}
	for _, f := range t.Files {
		_, there := slices.BinarySearchFunc(files, f.Name, func(h fossil.FileInfo, name string) int { return strings.Compare(h.Name, name) })
		if f.Kind == string(fossil.EditMissing) && there {
			return false, nil
		}
	}
	return true, nil
}

func holdsFile(ctx context.Context, d bonesdir.Dir, present holder, path string, link bool) (bool, error) {
	if link {
		target, err := os.Readlink(path)
		if err != nil {
			return false, err
		}
		return present.Holds(ctx, strings.NewReader(target))
	}
	f, err := inside.Open(d.State, path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	return present.Holds(ctx, f)
}
