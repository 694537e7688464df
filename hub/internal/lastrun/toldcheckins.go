package lastrun

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
	"bones-tui/slots"
)

// MissingCheckIns finds out which of the check-ins that slots have told of after a time nothing
// has: neither the repository, nor the slot's clone or what was saved of one, nor git. Until is
// how far it has looked.
func MissingCheckIns(ctx context.Context, d bonesdir.Dir, repo compared, since time.Time) (found []incident.Found, until time.Time, err error) {
	told := slots.ToldCheckIns(d.Root, since)
	if len(told) == 0 {
		return nil, since, nil
	}
	until = told[len(told)-1].At
	told = beyondApplied(told, seed.LastApplied(d))
	// The repository comes last once more: what is pushed in between leaves the clones.
	for _, have := range []haver{repositoryHas(repo), clonesHave(d), savedHave(d), repositoryHas(repo)} {
		if len(told) == 0 {
			return nil, until, nil
		}
		if told, err = have(ctx, told); err != nil {
			return nil, until, err
		}
	}
	if len(told) == 0 {
		return nil, until, nil
	}
	sum, names := sha256.New(), map[string]bool{}
	for _, t := range told {
		fmt.Fprintln(sum, t.UUID)
		names[t.Slot] = true
	}
	last := told[len(told)-1]
	return []incident.Found{{Kind: incident.Missing, Key: fmt.Sprintf("%x", sum.Sum(nil)), Text: fmt.Sprintf(
		"slots have told of check-ins that are not in the repository, nor in a clone: %d, of %s; the last is %.10s of slot %.80s, of %s",
		len(told), plural.Of(int64(len(names)), "slot"), last.UUID, last.Slot, last.At.UTC().Format(time.RFC3339))}}, until, nil
}

// beyondApplied leaves out what was told before the check-in that git has received last, if a
// slot has told of that: the repository that knew its ancestors may be gone.
func beyondApplied(told []slots.ToldCheckIn, lastApplied string) []slots.ToldCheckIn {
	for i, t := range told {
		if t.UUID == lastApplied {
			return told[i+1:]
		}
	}
	return told
}

// haver returns the check-ins that something has not.
type haver func(context.Context, []slots.ToldCheckIn) ([]slots.ToldCheckIn, error)

// lacking returns those that one repository has not.
func lacking(ctx context.Context, repo seed.Resolver, told []slots.ToldCheckIn) (left []slots.ToldCheckIn, err error) {
	for _, t := range told {
		_, err := repo.Resolve(ctx, t.UUID)
		switch {
		case errors.Is(err, fossil.ErrNotFound):
			left = append(left, t)
		case err != nil:
			return nil, err
		}
	}
	return left, nil
}

// repositoryHas asks the repository, and for check-ins of it that stand for others.
func repositoryHas(repo compared) haver {
	return func(ctx context.Context, told []slots.ToldCheckIn) ([]slots.ToldCheckIn, error) {
		left, err := lacking(ctx, repo, told)
		if err != nil || len(left) == 0 {
			return left, err
		}
		recovered, err := seed.Recovered(ctx, repo)
		return slices.DeleteFunc(left, func(t slots.ToldCheckIn) bool { _, ok := recovered[t.UUID]; return ok }), err
	}
}

// clonesHave asks the clones of the slots that have told.
func clonesHave(d bonesdir.Dir) haver {
	return func(ctx context.Context, told []slots.ToldCheckIn) (left []slots.ToldCheckIn, err error) {
		bySlot := map[string][]slots.ToldCheckIn{}
		for _, t := range told {
			bySlot[t.Slot] = append(bySlot[t.Slot], t)
		}
		for name, own := range bySlot {
			if !slots.ValidName(name) {
				left = append(left, own...)
				continue
			}
			clone, err := seed.Open(ctx, d, filepath.Join(d.Slot(name), bonesdir.SlotClone), fossil.ReadOnly, fossil.WithoutCheck())
			if clone != nil {
				own, err = lacking(ctx, clone, own)
				err = errors.Join(err, clone.Close())
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			left = append(left, own...)
		}
		slices.SortStableFunc(left, func(a, b slots.ToldCheckIn) int { return a.At.Compare(b.At) })
		return left, nil
	}
}

// maxSaved bounds how many clones that were saved are looked into.
const maxSaved = 32

// savedHave asks the clones that were saved before their slots were removed.
func savedHave(d bonesdir.Dir) haver {
	return func(ctx context.Context, told []slots.ToldCheckIn) ([]slots.ToldCheckIn, error) {
		all, err := copies.Repositories(d)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(c copies.Copy) bool { return c.Kind != copies.OfClone })
		for _, c := range all[:min(len(all), maxSaved)] {
			if len(told) == 0 {
				break
			}
			repo, done, err := copies.Open(ctx, c, os.TempDir())
			if err != nil {
				continue // recover says what is wrong with it
			}
			left, err := lacking(ctx, repo, told)
			if err = errors.Join(err, done()); err == nil {
				told = left
			}
		}
		return told, ctx.Err()
	}
}
