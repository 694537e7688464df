package copies

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/fossil"
)

// Bounds of what is saved of the slots.
const (
	maxTreeFiles = 20_000
	maxTreeBytes = 512 << 20
	maxTrees     = 200 // saved states, of all slots together
	maxMeta      = 16 << 20
)

// Names in the directory of a saved state.
const (
	treesDir  = "trees"
	metaFile  = "edits.json"
	filesDir  = "wt"
	cloneFile = "leaf.fossil"
)

// Errors for a worktree of which only a part was saved.
var (
	ErrTooLarge = errors.New("copies: a worktree is too large to be saved whole")
	ErrUnread   = errors.New("copies: a part of a worktree cannot be read")
)

// Work is what a slot has that the repository has not.
type Work struct {
	Slot    string
	Tree    string        // its worktree
	CheckIn string        // that the worktree stands on, "" if unknown
	Edits   []fossil.Edit // sorted by name
	Clone   Source        // with check-ins that were never pushed; nil if there are none
	Stamp   string        // of the clone: another one is another state
}

// Save keeps a slot's work, unless that very state is kept already. The state before it
// goes, if this run has saved it: what follows it is the same worktree, edited. It stays if it
// was complete and this one is not. What can be saved is, also if the error matches ErrTooLarge
// or ErrUnread.
func (t *Taker) Save(ctx context.Context, w Work) error {
	m := measure(w, bounds{maxTreeFiles, maxTreeBytes, maxMeta})
	if len(m.Files) == 0 && w.Clone == nil {
		return m.incomplete()
	}
	known, err := savedStates(t.dir)
	if err != nil {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, err)
	}
	if slices.ContainsFunc(known, func(k Tree) bool { return k.Problem == "" && k.same(m) }) {
		return m.incomplete()
	}
	before := t.last[w.Slot]
	if len(known) >= maxTrees && before == "" {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, ErrTooMany)
	}
	path, err := t.save(ctx, w, &m)
	if err != nil {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, err)
	}
	t.last[w.Slot] = path
	lacking := !m.complete() && slices.ContainsFunc(known, func(k Tree) bool { return k.Path == before && k.complete() })
	if before != "" && !lacking {
		err = os.RemoveAll(before)
	}
	return errors.Join(err, m.incomplete())
}

// Retain names the slots that are there. What was saved of others stays as it is, also if
// there is a slot of that name again.
func (t *Taker) Retain(here map[string]struct{}) {
	maps.DeleteFunc(t.last, func(slot, _ string) bool { _, ok := here[slot]; return !ok })
}

// save writes a state under a name that it gets only once it is complete.
func (t *Taker) save(ctx context.Context, w Work, m *Meta) (string, error) {
	if err := t.makeHome(); err != nil {
		return "", err
	}
	dir := filepath.Join(t.home, treesDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path, err := freeName(dir, fmt.Sprintf("%s-%d", w.Slot, m.Taken.Unix()))
	if err != nil {
		return "", err
	}
	fresh := filepath.Join(dir, "."+filepath.Base(path)+freshSuffix)
	if err = os.RemoveAll(fresh); err == nil {
		err = fill(ctx, fresh, w, m)
	}
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(fresh))
	}
	return path, syncDir(t.dir.State, dir)
}

// fill writes a state, and leaves out of m what is gone or cannot be read by now.
func fill(ctx context.Context, dir string, w Work, m *Meta) error {
	files := filepath.Join(dir, filesDir)
	if err := os.MkdirAll(files, 0o700); err != nil {
		return err
	}
	kept := make([]MetaFile, 0, len(m.Files))
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if f.Kind != string(fossil.EditMissing) {
			err = copyFile(w.Tree, files, f.Name)
		}
		var source *sourceError
		switch {
		case err == nil:
			kept = append(kept, f)
		case !errors.As(err, &source):
			return err
		case !errors.Is(err, fs.ErrNotExist):
			m.skip(f.Name)
		}
	}
	m.Files = kept
	if w.Clone != nil {
		if _, err := w.Clone.CopyTo(ctx, filepath.Join(dir, cloneFile)); err != nil {
			return err
		}
	}
	text, err := m.encode()
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, metaFile), append(text, '\n'), 0o600)
}
