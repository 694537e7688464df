package inspect

import (
	"context"
	"errors"
	"fmt"

	"bones-tui/hub/fossil"
)

// TimelineEntry is a check-in as the timeline lists it.
type TimelineEntry struct {
	fossil.CheckIn
	Unapplied bool // git has not received it
}

// Timeline is a part of the history, the newest check-in first.
type Timeline struct {
	CheckIns []TimelineEntry
	Total    int64 // check-ins there are, of all users
	More     bool  // older ones follow
}

// Timeline reads limit check-ins of a user, or of all if that is "", in all branches,
// after leaving out the newest skip.
func (r *Reader) Timeline(ctx context.Context, user string, skip, limit int) (Timeline, error) {
	repo, err := r.src.Repository(ctx)
	if err != nil {
		return Timeline{}, err
	}
	list, err := repo.Timeline(ctx, fossil.TimelineOptions{User: user, Skip: skip, Limit: limit + 1})
	if err != nil {
		return Timeline{}, fmt.Errorf("inspect: read the timeline: %w", err)
	}
	pending, total, err := r.src.Unapplied(ctx)
	if err != nil {
		return Timeline{}, fmt.Errorf("inspect: read the timeline: %w", err)
	}
	t := Timeline{Total: total, More: len(list) > limit}
	list = list[:min(len(list), limit)]
	for _, ci := range list {
		t.CheckIns = append(t.CheckIns, TimelineEntry{ci, pending[ci.UUID]})
	}
	return t, nil
}

// FileChange is what a check-in did to a file, compared with its first parent. Was
// is empty for a file that was added, Now for one that was deleted; both name
// content. Sizes are -1 where the repository lacks the content.
type FileChange struct {
	Name             string
	From             string // its name before, if that was another
	Was, Now         string
	WasSize, NowSize int64
}

// CheckInDetail is everything about one check-in.
type CheckInDetail struct {
	TimelineEntry
	Parents []string
	Files   []FileChange
	Total   int64 // files it changed; Files holds the first of them
}

// maxFiles bounds the files of one check-in: the first check-in of a repository has
// added all of them.
const maxFiles = 5000

// CheckIn describes a check-in with the files that it changed, at most 5,000.
func (r *Reader) CheckIn(ctx context.Context, uuid string) (d CheckInDetail, err error) {
	repo, err := r.src.Repository(ctx)
	if err != nil {
		return d, err
	}
	fail := func(err error) (CheckInDetail, error) {
		return d, fmt.Errorf("inspect: read check-in %s: %w", uuid, err)
	}
	ci, err := repo.Resolve(ctx, uuid)
	if err != nil {
		return fail(err)
	}
	d.CheckIn = ci
	if d.Parents, err = repo.Parents(ctx, uuid); err != nil {
		return fail(err)
	}
	changes, total, err := repo.Changes(ctx, uuid, maxFiles)
	if err != nil {
		return fail(err)
	}
	for _, c := range changes {
		d.Files = append(d.Files, FileChange(c))
	}
	d.Total = total
	pending, _, err := r.src.Unapplied(ctx)
	if err != nil {
		return fail(err)
	}
	d.Unapplied = pending[ci.UUID]
	return d, nil
}

// FileDiff is the change of a file in unified form.
type FileDiff struct {
	Text     string
	Cut      bool // there are more lines
	Binary   bool // Text says only that the file differs
	TooLarge bool // and was not compared
}

// Bounds of a diff: content that is compared, lines that are shown.
const (
	maxCompared  = 8 << 20
	maxDiffLines = 20_000
)

// Diff compares what a check-in changed: at most 8 MiB at either side, and of the
// result the first 20,000 lines.
func (r *Reader) Diff(ctx context.Context, c FileChange) (FileDiff, error) {
	repo, err := r.src.Repository(ctx)
	if err != nil {
		return FileDiff{}, err
	}
	got, err := repo.Compare(ctx, c.Was, c.Now, c.Name, fossil.DiffLimits{Bytes: maxCompared, Lines: maxDiffLines})
	if errors.Is(err, fossil.ErrTooLarge) {
		return FileDiff{TooLarge: true}, nil
	}
	if err != nil {
		return FileDiff{}, fmt.Errorf("inspect: compare %s: %w", c.Name, err)
	}
	return FileDiff{Text: got.Text, Cut: got.Cut, Binary: got.Binary}, nil
}
