package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

// BroughtBack says what BringBack has done.
type BroughtBack struct {
	CheckIns int    `json:"check_ins"`          // that are here again
	Notes    int    `json:"notes,omitempty"`    // likewise
	Replaced bool   `json:"replaced,omitempty"` // the copy has taken the place of the repository
	Archive  string `json:"archive,omitempty"`  // where that is now, "" if there was none
	Branch   string `json:"branch,omitempty"`   // that the check-ins are on
	Tip      string `json:"tip,omitempty"`      // the newest of them
}

// What says in a few words that it is here again.
func (b BroughtBack) What() string {
	return atRecovery(b.CheckIns, b.Notes) + plural.Verb(b.CheckIns+b.Notes, " is back", " are back")
}

// BringBack brings the check-ins of a copy, found at path by Recover, back into the
// repository of the workspace at root. A repository with nothing but bases is replaced by
// the copy, and kept beside it, and so is one that is damaged; clones of the old one fit again. To one of the same
// project the check-ins are added as they are. Into any other they go as a branch
// recovered-<UTC time> on its base, one check-in for each, in whose comments the old ones
// are named; the tree of the newest is that of the old one. Notes come with them. The copy
// stays.
//
// A copy that is damaged is refused. No hub may run: the error matches ErrRunning. After an error the repository is as it was,
// or has some of the check-ins of the branch.
func BringBack(ctx context.Context, root, path string) (done BroughtBack, err error) {
	err = withoutHub(ctx, root, func(r *running) error {
		if err := r.checkOrigin(); err != nil { // it would be opened for writing
			return err
		}
		c, err := copyAt(r.dir, path)
		if err != nil {
			return err
		}
		if done, err = r.bringBack(ctx, c); err != nil {
			return fmt.Errorf("hub: bring back: %w", err)
		}
		r.log.Lifecycle(LevelWarn, "hub: %s, of %s: %s", done.What(), path, done.how())
		return nil
	})
	return done, err
}

func (b BroughtBack) how() string {
	switch {
	case b.Replaced && b.Archive != "":
		return "it is the repository now, the one before is kept as " + b.Archive
	case b.Replaced:
		return "it is the repository now"
	case b.Branch != "":
		return "they are on branch " + b.Branch
	}
	return "they are in the repository as they were"
}

func (r *running) bringBack(ctx context.Context, c copies.Copy) (done BroughtBack, err error) {
	repo, end, err := copies.Open(ctx, c, os.TempDir())
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, end()) }()
	p, err := openPresent(ctx, r.dir)
	if err != nil {
		return done, err
	}
	var lost []fossil.CheckIn
	var notes []fossil.Note
	way, err := p.way(ctx, r.dir, c, repo)
	if err == nil {
		lost, notes, err = missing(ctx, r.dir, repo, p, way)
	}
	if err = errors.Join(err, p.close()); err != nil || len(lost)+len(notes) == 0 {
		return done, err
	}
	if err := repo.Verify(ctx); err != nil {
		return done, fmt.Errorf("the copy stays where it is: %w", err)
	}
	done.CheckIns, done.Notes = len(lost), len(notes)
	if len(lost) > 0 {
		done.Tip = lost[0].UUID
	}
	switch way {
	case WayAdd:
		_, err = repo.CopyNews(ctx, r.dir.Fossil(), fossil.Mark{})
	case WayReplace, WayMend:
		done.Replaced = true
		done.Archive, err = r.putInPlace(ctx, repo)
	case WayBranch:
		if len(lost) > 0 {
			done.Branch = seed.RecoveredBranch + time.Now().UTC().Format(archiveTime)
			done.Tip, err = r.replayOnto(ctx, repo, lost, done.Branch)
		}
		if err == nil {
			err = repo.CopyNotes(ctx, r.dir.Fossil())
		}
	}
	return done, err
}

// putInPlace makes a copy the repository, and returns where the one before is now.
func (r *running) putInPlace(ctx context.Context, repo *fossil.Repo) (archive string, err error) {
	if _, err := r.settle(ctx, r.dir.Fossil()); err != nil {
		return "", err
	}
	r.sweepReseed()
	fresh := r.dir.Fossil() + freshSuffix
	if _, err := repo.CopyTo(ctx, fresh); err != nil {
		return "", err
	}
	err = r.announce(repo.ProjectCode())
	if err == nil {
		archive, err = replace(r.dir.Fossil(), fresh)
	}
	if err != nil {
		r.sweepReseed()
		return archive, err
	}
	r.settled(ctx, false)
	return archive, nil
}

// replayOnto makes the check-ins of a copy once more, on a branch of the present repository,
// and returns the newest.
func (r *running) replayOnto(ctx context.Context, from *fossil.Repo, lost []fossil.CheckIn, branch string) (tip string, err error) {
	to, err := seed.Open(ctx, r.dir, r.dir.Fossil(), fossil.ReadWrite)
	if err != nil {
		return "", errors.Join(err, closeRepo(to))
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	base, err := seed.Base(ctx, to)
	if err != nil {
		return "", err
	}
	p := &replayer{from: from, to: to, base: base.UUID, branch: branch, made: map[string]string{}, lost: map[string]fossil.CheckIn{}}
	for _, ci := range lost {
		p.lost[ci.UUID] = ci
	}
	for _, ci := range slices.Backward(lost) {
		if err := p.replay(ctx, ci); err != nil {
			return "", err
		}
	}
	return p.tip, nil
}
