package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/seed"
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

// mayRecover are the refusals before anything is opened.
func mayRecover(d bonesdir.Dir) error {
	if err := d.Check(); err != nil {
		return err
	}
	return mustBeFree(d)
}

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

// newestReceived is the newest check-in that git is known to have.
func newestReceived(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo) (string, error) {
	heads, err := seed.Received(ctx, repo, seed.LastApplied(d))
	if err != nil {
		return "", err
	}
	var newest fossil.CheckIn
	for _, head := range heads {
		ci, err := repo.Resolve(ctx, head)
		if err == nil && (newest.UUID == "" || ci.Time.After(newest.Time)) {
			newest = ci
		}
	}
	if newest.UUID == "" {
		return "", fmt.Errorf("git has nothing of it: %w", fossil.ErrNotFound)
	}
	return newest.UUID, nil
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
