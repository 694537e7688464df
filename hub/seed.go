package hub

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/gittree"
)

// baseComment starts the comment of each check-in that records a git commit; the
// abbreviated hash follows. The newest one on trunk is the base.
const baseComment = "session base: "

// seeder brings git's tree into the repository without ever undoing an agent's
// check-in.
type seeder struct {
	root        string
	repo        repository
	lastApplied string // check-in whose files git already has, "" if none
	progress    func(done, total int)
}

// seedResult says what a seeder did.
type seedResult struct {
	Base      string // abbreviated git hash of the base
	Files     int    // files checked in, 0 if nothing had to be
	Unapplied int64  // > 0: git has moved, but so has trunk, which was kept
}

// seed adds a base check-in to trunk if git has moved on and nobody's work is in
// the way.
func (s *seeder) seed(ctx context.Context, tree *gittree.Tree) (seedResult, error) {
	res := seedResult{Base: tree.Short}
	tip, err := s.repo.Tip(ctx, fossil.Trunk)
	if errors.Is(err, fossil.ErrNotFound) {
		return s.checkIn(ctx, tree, res)
	}
	if err != nil {
		return res, fmt.Errorf("hub: find trunk: %w", err)
	}
	base, err := findBase(ctx, s.repo)
	if err != nil {
		return res, err
	}
	if isBase(base, tree.Commit) {
		return res, nil
	}
	if same, err := s.sameTree(ctx, tip, tree); err != nil || same {
		return res, err
	}
	if tip.UUID != base.UUID && tip.UUID != s.lastApplied {
		_, res.Unapplied, err = unreceived(ctx, s.repo, s.lastApplied, 1)
		return res, err
	}
	return s.checkIn(ctx, tree, res)
}

func (s *seeder) checkIn(ctx context.Context, tree *gittree.Tree, res seedResult) (seedResult, error) {
	files, err := tree.Open(ctx)
	if err != nil {
		return res, fmt.Errorf("hub: seed: %w", err)
	}
	res.Files = len(tree.Files)
	_, err = s.repo.Commit(ctx, fossil.Commit{
		Branch: fossil.Trunk, User: orchestrator, Comment: baseComment + tree.Short,
		Time: time.Now(), Files: files.Files(tree.Files), Replace: true, Progress: s.progress,
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

// findBase returns the newest base check-in of trunk, or the zero CheckIn.
func findBase(ctx context.Context, repo historian) (fossil.CheckIn, error) {
	list, err := bases(ctx, repo, fossil.Trunk, 1)
	if err != nil || len(list) == 0 {
		return fossil.CheckIn{}, err
	}
	return list[0], nil
}

// bases lists base check-ins, the newest first: those that were made as such and name a commit.
// Whoever amends a comment, or only begins one like theirs, makes none.
func bases(ctx context.Context, repo historian, branch string, limit int) (list []fossil.CheckIn, err error) {
	const page = 100
	for skip := 0; ; skip += page {
		some, err := repo.Timeline(ctx, fossil.TimelineOptions{
			Branch: branch, User: orchestrator, CommentPrefix: baseComment, AsMade: true, Limit: page, Skip: skip,
		})
		if err != nil {
			return nil, fmt.Errorf("hub: find base: %w", err)
		}
		for _, ci := range some {
			if namesCommit(strings.TrimPrefix(ci.Comment, baseComment)) && len(list) < limit {
				list = append(list, ci)
			}
		}
		if len(list) >= limit || len(some) < page {
			return list, nil
		}
	}
}

// shortestBase is how many digits of a hash name a commit.
const shortestBase = 4

// namesCommit reports whether a text is the hash of a commit, or begins one.
func namesCommit(text string) bool {
	return len(text) >= shortestBase && strings.Trim(text, "0123456789abcdef") == ""
}

// isBase reports whether a base check-in names this git commit. Its comment may hold
// anything: what is no hash names none.
func isBase(base fossil.CheckIn, commit string) bool {
	hash, ok := strings.CutPrefix(base.Comment, baseComment)
	return ok && namesCommit(hash) && strings.HasPrefix(commit, hash)
}

// sameTree reports whether a check-in holds exactly git's files.
func (s *seeder) sameTree(ctx context.Context, tip fossil.CheckIn, tree *gittree.Tree) (same bool, err error) {
	held, err := s.repo.Files(ctx, tip.UUID)
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

// maxUUID bounds what is read of last-applied, in bytes.
const maxUUID = 128

// readLastApplied returns the check-in that git received last, or "".
func readLastApplied(path string) string {
	b, err := inside.ReadFile(filepath.Dir(path), path, maxUUID)
	uuid := strings.TrimSpace(string(b))
	if err != nil || len(uuid) != 40 && len(uuid) != 64 {
		return ""
	}
	if _, err := hex.DecodeString(uuid); err != nil {
		return ""
	}
	return uuid
}
