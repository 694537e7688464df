package hub

import (
	"context"
	"errors"

	"bones-tui/hub/fossil"
)

// historian is the part of a repository that the status reads.
type historian interface {
	Tip(ctx context.Context, branch string) (fossil.CheckIn, error)
	Timeline(context.Context, fossil.TimelineOptions) ([]fossil.CheckIn, error)
	CountSince(ctx context.Context, uuid string) (int64, error)
	Stats(context.Context) (fossil.Stats, error)
}

// readHistory fills in what the repository knows. A failure leaves the rest nil
// and becomes the status's problem.
func readHistory(ctx context.Context, repo historian, lastApplied string, st *FossilStatus) {
	stats, err := repo.Stats(ctx)
	if err != nil {
		st.Problem = err.Error()
		return
	}
	st.CheckIns, st.Leaves = &stats.CheckIns, &stats.Leaves
	st.RepoBytes, st.WALBytes = &stats.RepoBytes, &stats.WALBytes
	tip, err := repo.Tip(ctx, fossil.Trunk)
	if errors.Is(err, fossil.ErrNotFound) {
		return
	}
	if err != nil {
		st.Problem = err.Error()
		return
	}
	st.Tip = &CheckIn{UUID: tip.UUID, Branch: tip.Branch, User: tip.User, Comment: tip.Comment, Time: tip.Time}
	base, err := findBase(ctx, repo)
	if err != nil || base.UUID == "" {
		return
	}
	if n, err := unapplied(ctx, repo, base, lastApplied); err == nil {
		st.Unapplied = &n
	}
}
