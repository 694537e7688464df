package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/origin"
	"bones-tui/hub/internal/seed"
)

// present is the repository of a workspace, which may have none.
type present struct {
	damaged   bool // what it has may not be readable, and counts as not there
	repo      *fossil.Repo
	recovered map[string]struct{} // check-ins of copies that were brought back to it
}

func openPresent(ctx context.Context, d bonesdir.Dir) (*present, error) {
	p := &present{recovered: map[string]struct{}{}}
	repo, err := seed.Open(ctx, d, d.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err == nil {
		err = repo.Verify(ctx)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, nil
	case errors.Is(err, fossil.ErrCorrupt) || errors.Is(err, fossil.ErrNotRepository):
		p.damaged = true
		return p, closeRepo(repo)
	case err != nil:
		return nil, errors.Join(fmt.Errorf("hub: recover: open the repository: %w", err), closeRepo(repo))
	}
	p.repo = repo
	if p.recovered, err = seed.Recovered(ctx, repo); err != nil {
		return nil, errors.Join(fmt.Errorf("hub: recover: %w", err), repo.Close())
	}
	return p, nil
}

func (p *present) close() error {
	if p.repo == nil {
		return nil
	}
	return p.repo.Close()
}

// has reports whether the repository has a check-in, or one that stands for it.
func (p *present) has(ctx context.Context, uuid string) (bool, error) {
	if _, ok := p.recovered[uuid]; ok {
		return true, nil
	}
	if p.repo == nil {
		return false, nil
	}
	_, err := p.repo.Resolve(ctx, uuid)
	if errors.Is(err, fossil.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// missingFrom is missing for a copy, and says how what is listed would come back.
func missingFrom(ctx context.Context, d bonesdir.Dir, c copies.Copy, p *present) (list []fossil.CheckIn, notes []fossil.Note, way Way, err error) {
	repo, done, err := copies.Open(ctx, c, os.TempDir())
	if err != nil {
		return nil, nil, "", err
	}
	defer func() { err = errors.Join(err, done()) }()
	if way, err = p.way(ctx, d, c, repo); err != nil {
		return nil, nil, "", err
	}
	list, notes, err = missing(ctx, d, repo, p, way)
	if err == nil && len(list)+len(notes) > 0 {
		err = repo.Verify(ctx)
	}
	return list, notes, way, err
}

// missing lists the check-ins that git has not received and the repository has not, and the
// notes that can come back in this way, the newest first.
func missing(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo, p *present, way Way) (list []fossil.CheckIn, notes []fossil.Note, err error) {
	all, _, err := seed.Unreceived(ctx, repo, seed.LastApplied(d), 0)
	if err != nil {
		return nil, nil, err
	}
	for _, ci := range all {
		here, err := p.has(ctx, ci.UUID)
		if err != nil {
			return nil, nil, err
		}
		if !here {
			list = append(list, ci)
		}
	}
	theirs, err := repo.Notes(ctx, 0)
	for _, n := range theirs {
		here := way == WayBranch && n.Kind == fossil.NoteTag // their check-ins have other hashes then
		if err == nil && !here && p.repo != nil {
			here, err = p.repo.HasNote(ctx, n)
		}
		if !here {
			notes = append(notes, n)
		}
	}
	return list, notes, err
}

// way is how the check-ins of a copy come back into the repository.
func (p *present) way(ctx context.Context, d bonesdir.Dir, c copies.Copy, from *fossil.Repo) (Way, error) {
	if p.repo != nil && p.repo.ProjectCode() == from.ProjectCode() {
		return WayAdd, nil
	}
	replace := WayReplace
	if p.damaged {
		replace = WayMend
	}
	seedOnly, err := p.seedOnly(ctx)
	if err != nil {
		return "", err
	}
	codes, _ := origin.Projects(d)
	if seedOnly && (c.Kind == copies.OfLost || slices.Contains(codes, from.ProjectCode())) { // no stranger's becomes ours
		return replace, nil
	}
	return WayBranch, nil
}

// seedOnly reports whether there is nothing but bases.
func (p *present) seedOnly(ctx context.Context) (bool, error) {
	if p.repo == nil {
		return true, nil
	}
	notes, err := p.repo.Notes(ctx, 1)
	if err != nil || len(notes) > 0 {
		return false, err
	}
	seeds, err := seed.Bases(ctx, p.repo, "", math.MaxInt)
	if err != nil {
		return false, err
	}
	all, err := p.repo.Timeline(ctx, fossil.TimelineOptions{Limit: len(seeds) + 1})
	return len(all) == len(seeds), err
}
