package hub

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/seed"
	"bones-tui/slots"
)

// Surveyor reads what agents have checked in and what they have not: from the hub's
// repository, and from slots' worktrees and clones. It reads files only, with or
// without a running hub, and creates none. It is safe for concurrent use.
type Surveyor struct {
	dir   bonesdir.Dir
	trunk *seed.Reader
}

// surveyWithin bounds the look at one slot.
const surveyWithin = 20 * time.Second

// NewSurveyor returns one for the workspace at root. Nothing is opened before it is
// needed. Close it after use.
func NewSurveyor(root string) *Surveyor {
	d := bonesdir.At(root)
	return &Surveyor{dir: d, trunk: seed.NewReader(d)}
}

// Close lets go of the repository.
func (s *Surveyor) Close() error { return s.trunk.Close() }

// Work is a slots.WorkFunc.
func (s *Surveyor) Work(ctx context.Context, slot slots.Slot) slots.Work {
	w := slots.Work{At: time.Now()}
	ctx, cancel := context.WithTimeout(ctx, surveyWithin)
	defer cancel()
	trunk, err := s.trunk.Read(ctx)
	if err != nil {
		w.Problem = err.Error()
	}
	if err := s.survey(ctx, &slot, trunk, &w); err != nil {
		w.Problem = err.Error()
	}
	return w
}

// CheckIns is a slots.CheckInFunc.
func (s *Surveyor) CheckIns(ctx context.Context, limit int) ([]slots.CheckIn, error) {
	return s.trunk.Newest(ctx, limit)
}

func (s *Surveyor) survey(ctx context.Context, slot *slots.Slot, trunk seed.Facts, w *slots.Work) error {
	own := checkInsOf(slot, trunk.Since)
	clone, err := seed.Open(ctx, s.dir, filepath.Join(s.dir.Slot(slot.Name), bonesdir.SlotClone), fossil.ReadOnly, fossil.WithoutCheck())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		defer func() { _ = clone.Close() }() // read only: nothing to lose
		w.HasClone = true
		if own, err = ownCheckIns(ctx, clone, slot, trunk, w); err != nil {
			return err
		}
	}
	w.CheckIns = len(own)
	for _, ci := range own {
		if !trunk.Received(ci.UUID) {
			w.Unapplied++
		}
	}
	if len(own) > 0 {
		w.Branch = own[0].Branch
	}
	return readTree(ctx, s.dir.Slot(slot.Name), clone, w)
}

// maxOwn bounds the check-ins of a clone that are looked at.
const maxOwn = 10_000

// ownCheckIns lists the slot's check-ins since the base that its clone holds, the
// newest first, and counts those that the hub has not. A clone of an older repository
// knows only its own base.
func ownCheckIns(ctx context.Context, clone *fossil.Repo, slot *slots.Slot, trunk seed.Facts, w *slots.Work) ([]fossil.CheckIn, error) {
	base := trunk.Base
	if clone.ProjectCode() != trunk.Project {
		var err error
		if base, err = seed.Base(ctx, clone); err != nil {
			return nil, err
		}
	}
	list, err := clone.Timeline(ctx, fossil.TimelineOptions{After: base.Time, Limit: maxOwn})
	if err != nil {
		return nil, err
	}
	var own []fossil.CheckIn
	for _, ci := range list {
		if ci.UUID == base.UUID || !authored(ci.User, slot) {
			continue
		}
		own = append(own, ci)
		if _, pushed := trunk.Here[ci.UUID]; !pushed {
			w.Unpushed++
		}
	}
	return own, nil
}

// authored reports whether a check-in's author is the slot's agent: the one that its
// session names, or the one that its name stands for.
func authored(user string, slot *slots.Slot) bool {
	if user == slot.Agent && user != "" || user == "slot-"+slot.Name || user == slot.Name {
		return true
	}
	id, auto := strings.CutPrefix(slot.Name, "agent-")
	return auto && len(id) >= 12 && strings.HasPrefix(user, id)
}

// readTree compares the worktree with what was checked out; one that is not a
// check-out with the newest check-in of the slot's branch.
func readTree(ctx context.Context, slot string, clone *fossil.Repo, w *slots.Work) error {
	dir := filepath.Join(slot, bonesdir.SlotTree)
	switch _, err := inside.Stat(slot, dir, inside.Directory); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	w.HasTree = true
	if err := bonesdir.CheckSlot(slot); err != nil {
		return err
	}
	tree, err := fossil.ReadWorktree(ctx, dir, filepath.Join(slot, bonesdir.SlotClone), slots.MaxEdits)
	if errors.Is(err, fossil.ErrNotFound) && clone != nil {
		branch := w.Branch
		if branch == "" {
			branch = fossil.Trunk
		}
		tree, err = fossil.CompareTree(ctx, clone, branch, dir, slots.MaxEdits)
	}
	if err != nil {
		return err
	}
	w.CheckOut, w.EditCount = tree.CheckIn, tree.Count
	for _, e := range tree.Edits {
		w.Edits = append(w.Edits, slots.Edit{Name: e.Name, Kind: string(e.Kind)})
	}
	if w.Branch == "" && clone != nil {
		if ci, err := clone.Resolve(ctx, w.CheckOut); err == nil {
			w.Branch = ci.Branch
		}
	}
	return nil
}

// checkInsOf lists those of the check-ins that are of a slot, in their order.
func checkInsOf(slot *slots.Slot, since []fossil.CheckIn) []fossil.CheckIn {
	var own []fossil.CheckIn
	for _, ci := range since {
		if authored(ci.User, slot) {
			own = append(own, ci)
		}
	}
	return own
}
