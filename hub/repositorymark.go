package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

// repositoryMark is how a run has left the repository.
type repositoryMark struct {
	Project   string `json:"project"` // its code
	Tip       string `json:"tip,omitempty"`
	CheckIns  int64  `json:"check_ins"`
	Unapplied int64  `json:"unapplied,omitempty"`

	// Since is until when what slots have told of their check-ins has been looked at, or is
	// of a repository that is not wanted any more.
	Since time.Time `json:"since"`
	// Coming is the project of the repository that is about to be put in the place of this
	// one, as somebody has asked for.
	Coming string `json:"coming,omitempty"`
}

func (m *repositoryMark) same(o *repositoryMark) bool {
	return m == o || m != nil && o != nil && *m == *o
}

// markRepository is how the repository is now. What cannot be read leaves the mark as it was.
func (r *running) markRepository(ctx context.Context, was *repositoryMark) *repositoryMark {
	if r.damage.Load() != nil {
		return was
	}
	var st FossilStatus
	r.history.fill(ctx, r.repo, r.dir, &st)
	return markOf(r.repo.ProjectCode(), st, was)
}

// markOf is the mark of a repository of which the status is known.
func markOf(project string, st FossilStatus, was *repositoryMark) *repositoryMark {
	if st.Problem != "" || st.CheckIns == nil {
		return was
	}
	m := &repositoryMark{Project: project, CheckIns: *st.CheckIns, Since: time.Now().UTC()}
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

// compared is what a comparison asks of a repository.
type compared interface {
	seed.Historian
	resolver
	ProjectCode() string
}

// compareRepository finds out what became of the repository since the marks were written.
// Fresh says that there was none, and it has just been made.
func compareRepository(ctx context.Context, repo compared, m marks, fresh bool) (found []incident.Found, err error) {
	was := m.Repository
	switch {
	case was == nil || was.Project == "" || was.Coming == repo.ProjectCode():
		return nil, nil
	case was.Project != repo.ProjectCode():
		now := "one of another project is in its place"
		if fresh {
			now = "a fresh one was made"
		}
		return []incident.Found{goneRepository(m, now)}, nil
	}
	stats, err := repo.Stats(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare the repository with its marks: %w", err)
	}
	gone := false
	if was.Tip != "" {
		_, err := repo.Resolve(ctx, was.Tip)
		if gone = errors.Is(err, fossil.ErrNotFound); err != nil && !gone {
			return nil, fmt.Errorf("compare the repository with its marks: %w", err)
		}
	}
	if !gone && stats.CheckIns >= was.CheckIns {
		return nil, nil
	}
	text := fmt.Sprintf("the repository has gone back: it had %s%s, and has %d", plural.Of(was.CheckIns, "check-in"), endingIn(was.Tip), stats.CheckIns)
	if gone {
		text += "; the tip that trunk had is not among them"
	}
	return []incident.Found{{Kind: incident.Rewound, Key: fmt.Sprintf("%s %d %s", was.Tip, was.CheckIns, m.Run), Text: text}}, nil
}

func goneRepository(m marks, now string) incident.Found {
	was := m.Repository
	return incident.Found{Kind: incident.Replaced, Key: was.Project + " " + m.Run, Text: fmt.Sprintf(
		"the repository of project %.10s is gone, %s: it had %s%s, of which git had not received %d; clones of it fit no longer",
		was.Project, now, plural.Of(was.CheckIns, "check-in"), endingIn(was.Tip), was.Unapplied)}
}

func endingIn(tip string) string {
	if tip == "" {
		return ""
	}
	return fmt.Sprintf(" ending in %.10s", tip)
}

// announce says in the marks that a repository of another project is about to be put in the
// place of the present one, so that nobody takes that for a loss, whenever this process dies.
func (r *running) announce(project string) error {
	m, err := lastMarks(r.dir)
	if err != nil || m.Repository == nil {
		return nil //nolint:nilerr // nothing will be compared with them
	}
	m.Repository.Coming = project
	return m.write(r.held)
}

// settled says in the marks that what was announced is there. Afresh, what slots have told
// until now is of the old one.
func (r *running) settled(ctx context.Context, afresh bool) {
	m, err := lastMarks(r.dir)
	if err != nil || m.Repository == nil {
		return // nothing will be compared with them
	}
	if m.Repository, err = markFile(ctx, r.dir, m.Repository); err == nil {
		if afresh {
			m.Repository.Since = time.Now().UTC()
		}
		err = m.write(r.held)
	}
	if err != nil { // it is announced
		r.log.Lifecycle(LevelWarn, "hub: keep the marks of store and repository: %v", err)
	}
}

// markFile is the mark of the repository of a workspace without a hub.
func markFile(ctx context.Context, d bonesdir.Dir, was *repositoryMark) (*repositoryMark, error) {
	repo, err := seed.Open(ctx, d, d.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return nil, errors.Join(err, closeRepo(repo))
	}
	var st FossilStatus
	_ = readHistory(ctx, repo, seed.LastApplied(d), &st) // its problem is in the status
	return markOf(repo.ProjectCode(), st, was), repo.Close()
}
