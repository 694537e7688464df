package seed

import (
	"context"
	"errors"

	"bones-tui/hub/fossil"
)

// History is what a repository tells of itself. What could not be read is nil.
type History struct {
	CheckIns  *int64
	Leaves    *int64 // open leaves of trunk; more than one is a fork
	RepoBytes *int64
	WALBytes  *int64
	Tip       *fossil.CheckIn // newest check-in of trunk; nil also if there is none
	Unapplied *int64          // check-ins that git has not received
}

// ReadHistory reads what can be read; beside an error that is not all.
func ReadHistory(ctx context.Context, repo Historian, lastApplied string) (h History, err error) {
	stats, err := repo.Stats(ctx)
	if err != nil {
		return h, err
	}
	h.CheckIns, h.Leaves = &stats.CheckIns, &stats.Leaves
	h.RepoBytes, h.WALBytes = &stats.RepoBytes, &stats.WALBytes
	tip, err := repo.Tip(ctx, fossil.Trunk)
	if errors.Is(err, fossil.ErrNotFound) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	h.Tip = &tip
	if _, n, err := Unreceived(ctx, repo, lastApplied, 1); err == nil {
		h.Unapplied = &n
	}
	return h, nil
}
