package seed

import (
	"context"
	"fmt"
	"strings"

	"bones-tui/hub/fossil"
)

// baseComment starts the comment of each check-in that records a git commit; the
// abbreviated hash follows. The newest one on trunk is the base.
const baseComment = "session base: "

// Base returns the newest base check-in of trunk, or the zero CheckIn.
func Base(ctx context.Context, repo Historian) (fossil.CheckIn, error) {
	list, err := Bases(ctx, repo, fossil.Trunk, 1)
	if err != nil || len(list) == 0 {
		return fossil.CheckIn{}, err
	}
	return list[0], nil
}

// Bases lists base check-ins, the newest first: those that were made as such and name a commit.
// Whoever amends a comment, or only begins one like theirs, makes none.
func Bases(ctx context.Context, repo Historian, branch string, limit int) (list []fossil.CheckIn, err error) {
	const page = 100
	for skip := 0; ; skip += page {
		some, err := repo.Timeline(ctx, fossil.TimelineOptions{
			Branch: branch, User: User, CommentPrefix: baseComment, AsMade: true, Limit: page, Skip: skip,
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

// IsBase reports whether a base check-in names this git commit. Its comment may hold
// anything: what is no hash names none.
func IsBase(base fossil.CheckIn, commit string) bool {
	hash, ok := strings.CutPrefix(base.Comment, baseComment)
	return ok && namesCommit(hash) && strings.HasPrefix(commit, hash)
}
