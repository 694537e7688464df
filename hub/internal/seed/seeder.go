package seed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/gittree"
)

// Target is the part of a repository that a seeder needs.
type Target interface {
	Historian
	Commit(context.Context, fossil.Commit) (fossil.CheckIn, error)
	Files(ctx context.Context, uuid string) ([]fossil.FileInfo, error)
}

// Seeder brings git's tree into the repository without ever undoing an agent's
// check-in.
type Seeder struct {
	Repo        Target
	LastApplied string // check-in whose files git already has, "" if none
	Progress    func(done, total int)
}

// Result says what a seeder did.
type Result struct {
	Base      string // abbreviated git hash of the base
	Files     int    // files checked in, 0 if nothing had to be
	Unapplied int64  // > 0: git has moved, but so has trunk, which was kept
}

// Seed adds a base check-in to trunk if git has moved on and nobody's work is in
// the way.
func (s *Seeder) Seed(ctx context.Context, tree *gittree.Tree) (Result, error) {
	res := Result{Base: tree.Short}
	tip, err := s.Repo.Tip(ctx, fossil.Trunk)
	if errors.Is(err, fossil.ErrNotFound) {
		return s.checkIn(ctx, tree, res)
	}
	if err != nil {
		return res, fmt.Errorf("hub: find trunk: %w", err)
	}
	base, err := Base(ctx, s.Repo)
	if err != nil {
		return res, err
	}
	if IsBase(base, tree.Commit) {
		return res, nil
	}
	if same, err := s.sameTree(ctx, tip, tree); err != nil || same {
		return res, err
	}
	if tip.UUID != base.UUID && tip.UUID != s.LastApplied {
		_, res.Unapplied, err = Unreceived(ctx, s.Repo, s.LastApplied, 1)
		return res, err
	}
	return s.checkIn(ctx, tree, res)
}

func (s *Seeder) checkIn(ctx context.Context, tree *gittree.Tree, res Result) (Result, error) {
	files, err := tree.Open(ctx)
	if err != nil {
		return res, fmt.Errorf("hub: seed: %w", err)
	}
	res.Files = len(tree.Files)
	_, err = s.Repo.Commit(ctx, fossil.Commit{
		Branch: fossil.Trunk, User: User, Comment: baseComment + tree.Short,
		Time: time.Now(), Files: files.Files(tree.Files), Replace: true, Progress: s.Progress,
		LeaveOut: func(name string, err error) bool {
			left := tree.Leave(name, err)
			if left {
				res.Files--
			}
			return left
		},
	})
	if err = errors.Join(err, files.Close()); err != nil {
		return res, fmt.Errorf("hub: seed: %w", err)
	}
	return res, nil
}

// sameTree reports whether a check-in holds exactly git's files.
func (s *Seeder) sameTree(ctx context.Context, tip fossil.CheckIn, tree *gittree.Tree) (same bool, err error) {
	held, err := s.Repo.Files(ctx, tip.UUID)
	if err != nil {
		return false, fmt.Errorf("hub: read trunk: %w", err)
	}
	contents, err := tree.Open(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	n := 0 // of the files held, those that git shows
	for _, f := range contents.Files(tree.Files) {
		i, ok := slices.BinarySearchFunc(held, f.Name, func(h fossil.FileInfo, name string) int { return strings.Compare(h.Name, name) })
		if !ok || held[i].Perm != f.Perm {
			return false, nil
		}
		same, err := f.Matches(held[i].UUID)
		if tree.Leave(f.Name, err) {
			continue
		}
		if err != nil || !same {
			return false, err
		}
		n++
	}
	return n == len(held), nil
}
