package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

// historian is the part of a repository that the status reads.
type historian interface {
	Tip(ctx context.Context, branch string) (fossil.CheckIn, error)
	Timeline(context.Context, fossil.TimelineOptions) ([]fossil.CheckIn, error)
	Outside(ctx context.Context, heads []string, limit int) ([]fossil.CheckIn, int64, error)
	Stats(context.Context) (fossil.Stats, error)
}

// history is what a repository knows of itself, read again only when one of its
// files has changed. The zero value is ready.
type history struct {
	mu    sync.Mutex
	seen  [3]stamp
	known FossilStatus
}

// stamp tells whether a file has changed.
type stamp struct {
	modified time.Time
	size     int64
}

func stampOf(path string) stamp {
	info, err := os.Lstat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// stamps are of all files that the history depends on.
func stamps(d bonesdir.Dir) [3]stamp {
	return [3]stamp{stampOf(d.Fossil()), stampOf(d.Fossil() + "-wal"), stampOf(d.LastApplied())}
}

// fill adds what the repository knows. A failure leaves the rest nil and becomes the
// status's problem; but of one that the hub has closed stays known what it had.
func (h *history) fill(ctx context.Context, repo historian, d bonesdir.Dir, st *FossilStatus) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := stamps(d)
	if now != h.seen || h.known.CheckIns == nil || h.known.Problem != "" {
		var fresh FossilStatus
		err := readHistory(ctx, repo, readLastApplied(d.LastApplied()), &fresh)
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
func readHistory(ctx context.Context, repo historian, lastApplied string, st *FossilStatus) (err error) {
	defer func() {
		if err != nil {
			st.Problem = err.Error()
		}
	}()
	stats, err := repo.Stats(ctx)
	if err != nil {
		return err
	}
	st.CheckIns, st.Leaves = &stats.CheckIns, &stats.Leaves
	st.RepoBytes, st.WALBytes = &stats.RepoBytes, &stats.WALBytes
	tip, err := repo.Tip(ctx, fossil.Trunk)
	if errors.Is(err, fossil.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	last := checkInOf(tip)
	st.Tip = &last
	if _, n, err := unreceived(ctx, repo, lastApplied, 1); err == nil {
		st.Unapplied = &n
	}
	return nil
}

func checkInOf(ci fossil.CheckIn) CheckIn {
	return CheckIn{UUID: ci.UUID, Branch: ci.Branch, User: ci.User, Comment: ci.Comment, Time: ci.Time}
}

// History tells what the repository of the workspace at root holds, whether or not a
// hub serves it: the counts and the tip of a FossilStatus. Without a repository the
// error is os.ErrNotExist. It changes nothing.
func History(ctx context.Context, root string) (FossilStatus, error) {
	d := bonesdir.At(root)
	repo, err := openDatabase(ctx, d, d.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return FossilStatus{}, fmt.Errorf("hub: read history: %w", err)
	}
	var st FossilStatus
	_ = readHistory(ctx, repo, readLastApplied(d.LastApplied()), &st) // its problem is in the status
	return st, repo.Close()
}
