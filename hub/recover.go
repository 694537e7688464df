package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/slotwork"
)

// ErrNoCopy is matched by the error for a path at which Recover has found nothing.
var ErrNoCopy = errors.New("hub: no such copy")

// Recover lists what the copies in the recovery directory, and the archives that a reseed
// has left, hold and the repository does not: check-ins that git has not received, notes, and
// files of worktrees. The newest copy comes first. Copies are opened only after they were copied.
// No hub may run: the error matches ErrRunning.
func Recover(ctx context.Context, root string) (list []Recoverable, err error) {
	d := bonesdir.At(root)
	if err := mayRecover(d); err != nil {
		return nil, err
	}
	present, err := openPresent(ctx, d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, present.close()) }()
	found, err := copies.Repositories(d)
	if err != nil {
		return nil, fmt.Errorf("hub: recover: %w", err)
	}
	for _, c := range found {
		r := Recoverable{Path: c.Path, Kind: string(c.Kind), Taken: c.Taken, Bytes: c.Bytes}
		missing, notes, way, err := missingFrom(ctx, d, c, present)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			r.Problem = problemOf(err)
		} else if len(missing)+len(notes) > 0 {
			r.Way = way
		}
		r.Total = int64(len(missing))
		for _, ci := range missing[:min(len(missing), MaxRecoverable)] {
			r.CheckIns = append(r.CheckIns, checkInOf(ci))
		}
		for _, n := range notes {
			r.Notes = append(r.Notes, string(n.Kind)+": "+n.Name)
		}
		if r.Total > 0 || len(notes) > 0 || r.Problem != "" {
			list = append(list, r)
		}
	}
	trees, err := recoverTrees(ctx, d, present)
	list = append(list, trees...)
	slices.SortStableFunc(list, func(a, b Recoverable) int { return b.Taken.Compare(a.Taken) })
	return list, err
}

// problemOf is why a copy cannot be read. Where it was opened is a passing place.
func problemOf(err error) string {
	var damage *fossil.CorruptError
	switch {
	case errors.As(err, &damage) && damage.Artifact != "":
		return fmt.Sprintf("damaged: artifact %.10s: %v", damage.Artifact, damage.Err)
	case damage != nil:
		return fmt.Sprintf("damaged: %v", damage.Err)
	case errors.Is(err, fossil.ErrNotRepository):
		return fossil.ErrNotRepository.Error()
	}
	return err.Error()
}

// recoverTrees lists the saved worktrees with content that the repository has not.
func recoverTrees(ctx context.Context, d bonesdir.Dir, p *present) (list []Recoverable, err error) {
	trees, err := copies.Trees(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("hub: recover: %w", err)
	}
	trunk, err := slotwork.ReadTrunk(ctx, d, p.repo)
	if err != nil {
		return nil, fmt.Errorf("hub: recover: %w", err)
	}
	for _, t := range trees {
		r := Recoverable{Path: t.Path, Kind: "worktree", Taken: t.Taken, Slot: t.Slot, Problem: t.Problem}
		for _, f := range t.Files {
			r.Bytes += f.Size
		}
		if r.Files, err = trunk.Lacks(ctx, t); err != nil {
			r.Problem = cmp.Or(r.Problem, err.Error())
		}
		if len(r.Files) > 0 || r.Problem != "" {
			list = append(list, r)
		}
	}
	return list, ctx.Err()
}

// WriteRecoveryPatch writes what trunk of a copy, found at path by Recover, has beyond what
// git has of its past, as a patch for git, and returns how many files it changes. Check-ins
// on other leaves are not in it; rev names one of them. No hub may run.
func WriteRecoveryPatch(ctx context.Context, root, path, rev string, w io.Writer) (n int, err error) {
	d := bonesdir.At(root)
	if err := mayRecover(d); err != nil {
		return 0, err
	}
	c, err := copyAt(d, path)
	if err != nil {
		return 0, err
	}
	repo, done, err := copies.Open(ctx, c, os.TempDir())
	if err != nil {
		return 0, fmt.Errorf("hub: write patch: %w", err)
	}
	defer func() { err = errors.Join(err, done()) }()
	tip, err := repo.Resolve(ctx, cmp.Or(rev, fossil.Trunk))
	var l leafBeyondGit
	if err == nil {
		_, past, failed := beyondGit(ctx, d, repo)
		l, err = startOf(ctx, d, repo, tip, past)
		err = errors.Join(failed, err)
	}
	if err != nil {
		return 0, fmt.Errorf("hub: write patch: %w", err)
	}
	return repo.WritePatch(ctx, w, l.base, tip.UUID)
}

// copyAt returns the copy of a repository at a path.
func copyAt(d bonesdir.Dir, path string) (copies.Copy, error) {
	all, err := copies.Repositories(d)
	if err != nil {
		return copies.Copy{}, fmt.Errorf("hub: recover: %w", err)
	}
	for _, c := range all {
		if c.Path == path {
			return c, nil
		}
	}
	return copies.Copy{}, fmt.Errorf("%w: %s", ErrNoCopy, path)
}

// BringBackFiles writes the files of a saved worktree, found at path by Recover, into a
// directory that is empty or missing, as they were, and returns how many. It needs no hub
// and minds none.
func BringBackFiles(ctx context.Context, root, path, into string) (n int, err error) {
	trees, err := copies.Trees(ctx, bonesdir.At(root))
	if err != nil {
		return 0, fmt.Errorf("hub: recover: %w", err)
	}
	for _, t := range trees {
		if t.Path != path {
			continue
		}
		if n, err = copies.CopyTree(ctx, t, into); err != nil {
			return n, fmt.Errorf("hub: bring back files: %w", err)
		}
		return n, nil
	}
	return 0, fmt.Errorf("%w: %s", ErrNoCopy, path)
}
