package lastrun

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

// RepositoryMark is how a run has left the repository.
type RepositoryMark struct {
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

// Same reports whether two marks, which may be nil, tell the same.
func (m *RepositoryMark) Same(o *RepositoryMark) bool {
	return m == o || m != nil && o != nil && *m == *o
}

// compared is what a comparison asks of a repository.
type compared interface {
	seed.Historian
	seed.Resolver
	ProjectCode() string
}

// CompareRepository finds out what became of the repository since the marks were written.
// Fresh says that there was none, and it has just been made.
func CompareRepository(ctx context.Context, repo compared, m Marks, fresh bool) (found []incident.Found, err error) {
	was := m.Repository
	switch {
	case was == nil || was.Project == "" || was.Coming == repo.ProjectCode():
		return nil, nil
	case was.Project != repo.ProjectCode():
		now := "one of another project is in its place"
		if fresh {
			now = "a fresh one was made"
		}
		return []incident.Found{GoneRepository(m, now)}, nil
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

// GoneRepository is a repository that is no longer there; now says what is in its place.
func GoneRepository(m Marks, now string) incident.Found {
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
