package hub

import (
	"context"
	"errors"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/internal/seed"
)

// markRepository is how the repository is now. What cannot be read leaves the mark as it was.
func (r *running) markRepository(ctx context.Context, was *lastrun.RepositoryMark) *lastrun.RepositoryMark {
	if r.damage.Load() != nil {
		return was
	}
	var st FossilStatus
	r.history.fill(ctx, r.repo, r.dir, &st)
	return markOf(r.repo.ProjectCode(), st, was)
}

// markOf is the mark of a repository of which the status is known.
func markOf(project string, st FossilStatus, was *lastrun.RepositoryMark) *lastrun.RepositoryMark {
	if st.Problem != "" || st.CheckIns == nil {
		return was
	}
	m := &lastrun.RepositoryMark{Project: project, CheckIns: *st.CheckIns, Since: time.Now().UTC()}
	if st.Tip != nil {
		m.Tip = st.Tip.UUID
	}
	if st.Unapplied != nil {
		m.Unapplied = *st.Unapplied
	}
	if was != nil {
		m.Since = was.Since
	}
	return m
}

// announce says in the marks that a repository of another project is about to be put in the
// place of the present one, so that nobody takes that for a loss, whenever this process dies.
func (r *running) announce(project string) error {
	m, err := lastrun.Last(r.dir)
	if err != nil || m.Repository == nil {
		return nil //nolint:nilerr // nothing will be compared with them
	}
	m.Repository.Coming = project
	return m.Write(r.held)
}

// settled says in the marks that what was announced is there. Afresh, what slots have told
// until now is of the old one.
func (r *running) settled(ctx context.Context, afresh bool) {
	m, err := lastrun.Last(r.dir)
	if err != nil || m.Repository == nil {
		return // nothing will be compared with them
	}
	if m.Repository, err = markFile(ctx, r.dir, m.Repository); err == nil {
		if afresh {
			m.Repository.Since = time.Now().UTC()
		}
		err = m.Write(r.held)
	}
	if err != nil { // it is announced
		r.log.Lifecycle(LevelWarn, "hub: keep the marks of store and repository: %v", err)
	}
}

// markFile is the mark of the repository of a workspace without a hub.
func markFile(ctx context.Context, d bonesdir.Dir, was *lastrun.RepositoryMark) (*lastrun.RepositoryMark, error) {
	repo, err := seed.Open(ctx, d, d.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return nil, errors.Join(err, closeRepo(repo))
	}
	var st FossilStatus
	_ = readHistory(ctx, repo, seed.LastApplied(d), &st) // its problem is in the status
	return markOf(repo.ProjectCode(), st, was), repo.Close()
}
