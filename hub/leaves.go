package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/seed"
)

// leafBeyondGit is a check-in that git has not received and that no other one goes on from.
type leafBeyondGit struct {
	tip      fossil.CheckIn
	base     string // the newest of its past that git has
	checkIns int    // between them, with the tip
}

// leavesBeyondGit lists them, that of trunk first, then the newest.
func leavesBeyondGit(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo) (found []leafBeyondGit, err error) {
	list, past, err := beyondGit(ctx, d, repo)
	if err != nil {
		return nil, err
	}
	inner := map[string]bool{} // what another one goes on from
	for _, parents := range past {
		for _, p := range parents {
			inner[p] = true
		}
	}
	for _, ci := range list {
		if inner[ci.UUID] {
			continue
		}
		l, err := startOf(ctx, d, repo, ci, past)
		if err != nil {
			return nil, err
		}
		found = append(found, l)
	}
	slices.SortStableFunc(found, func(a, b leafBeyondGit) int { return trunkFirst(a.tip) - trunkFirst(b.tip) })
	return found, nil
}

// beyondGit lists the check-ins that git has not received, the newest first, and their parents.
func beyondGit(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo) (list []fossil.CheckIn, parents map[string][]string, err error) {
	list, _, err = seed.Unreceived(ctx, repo, seed.LastApplied(d), 0)
	if err != nil {
		return nil, nil, err
	}
	parents = map[string][]string{}
	for _, ci := range list {
		if parents[ci.UUID], err = repo.Parents(ctx, ci.UUID); err != nil {
			return nil, nil, err
		}
	}
	return list, parents, nil
}

func trunkFirst(ci fossil.CheckIn) int {
	if ci.Branch == fossil.Trunk {
		return 0
	}
	return 1
}

// startOf goes back from a check-in to what git has: the newest of that. parents are those of
// what git has not. What does not come from anything that git has starts at the newest of all.
func startOf(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo, tip fossil.CheckIn, parents map[string][]string) (leafBeyondGit, error) {
	l := leafBeyondGit{tip: tip}
	var newest time.Time
	seen := map[string]bool{tip.UUID: true}
	for todo := []string{tip.UUID}; len(todo) > 0; {
		uuid := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		before, beyond := parents[uuid]
		if beyond {
			l.checkIns++
			for _, p := range before {
				if !seen[p] {
					seen[p], todo = true, append(todo, p)
				}
			}
			continue
		}
		ci, err := repo.Resolve(ctx, uuid)
		switch {
		case errors.Is(err, fossil.ErrNotFound): // only its name is here
		case err != nil:
			return l, err
		case l.base == "" || ci.Time.After(newest):
			l.base, newest = ci.UUID, ci.Time
		}
	}
	var err error
	if l.base == "" {
		l.base, err = newestReceived(ctx, d, repo)
	}
	return l, err
}

// newestReceived is the newest check-in that git is known to have.
func newestReceived(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo) (string, error) {
	heads, err := seed.Received(ctx, repo, seed.LastApplied(d))
	if err != nil {
		return "", err
	}
	var newest fossil.CheckIn
	for _, head := range heads {
		ci, err := repo.Resolve(ctx, head)
		if err == nil && (newest.UUID == "" || ci.Time.After(newest.Time)) {
			newest = ci
		}
	}
	if newest.UUID == "" {
		return "", fmt.Errorf("git has nothing of it: %w", fossil.ErrNotFound)
	}
	return newest.UUID, nil
}
