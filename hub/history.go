package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/seed"
)

// history is what a repository knows of itself, read again only when one of its
// files has changed. The zero value is ready.
type history struct {
	mu    sync.Mutex
	seen  [3]seed.Stamp
	known FossilStatus
}

// fill adds what the repository knows. A failure leaves the rest nil and becomes the
// status's problem; but of one that the hub has closed stays known what it had.
func (h *history) fill(ctx context.Context, repo seed.Historian, d bonesdir.Dir, st *FossilStatus) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := seed.Stamps(d)
	if now != h.seen || h.known.CheckIns == nil || h.known.Problem != "" {
		var fresh FossilStatus
		err := readHistory(ctx, repo, seed.LastApplied(d), &fresh)
		if h.known.CheckIns == nil || !errors.Is(err, fossil.ErrClosed) {
			h.known, h.seen = fresh, now
		}
	}
	k := &h.known
	st.CheckIns, st.Leaves, st.RepoBytes, st.WALBytes, st.Tip, st.Unapplied = k.CheckIns, k.Leaves, k.RepoBytes, k.WALBytes, k.Tip, k.Unapplied
	if k.Problem != "" {
		st.Problem = k.Problem
	}
}

// readHistory fills in what can be read; the error is the status's problem too.
func readHistory(ctx context.Context, repo seed.Historian, lastApplied string, st *FossilStatus) error {
	h, err := seed.ReadHistory(ctx, repo, lastApplied)
	st.CheckIns, st.Leaves, st.RepoBytes, st.WALBytes, st.Unapplied = h.CheckIns, h.Leaves, h.RepoBytes, h.WALBytes, h.Unapplied
	if h.Tip != nil {
		tip := checkInOf(*h.Tip)
		st.Tip = &tip
	}
	if err != nil {
		st.Problem = err.Error()
	}
	return err
}

func checkInOf(ci fossil.CheckIn) CheckIn {
	return CheckIn{UUID: ci.UUID, Branch: ci.Branch, User: ci.User, Comment: ci.Comment, Time: ci.Time}
}

// History tells what the repository of the workspace at root holds, whether or not a
// hub serves it: the counts and the tip of a FossilStatus. Without a repository the
// error is os.ErrNotExist. It changes nothing.
func History(ctx context.Context, root string) (FossilStatus, error) {
	d := bonesdir.At(root)
	repo, err := seed.Open(ctx, d, d.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return FossilStatus{}, fmt.Errorf("hub: read history: %w", err)
	}
	var st FossilStatus
	_ = readHistory(ctx, repo, seed.LastApplied(d), &st) // its problem is in the status
	return st, repo.Close()
}
