package fossil

import (
	"context"
	"slices"
	"strings"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/store"
)

// treeWriter stores the files of a commit and makes its F cards.
type treeWriter struct {
	commit  *Commit
	changes []File // sorted by name
	parent  []artifact.File
	files   []artifact.File
	sum     *artifact.RSum // nil if not all content passes by
}

// newTreeWriter sorts the changes. The R card covers the content of the whole
// tree, so a check-in has one if its tree is given completely; Fossil takes
// its absence for "not computed".
func newTreeWriter(c *Commit, b base) *treeWriter {
	t := &treeWriter{commit: c, parent: b.files}
	t.changes = slices.SortedFunc(slices.Values(c.Files), func(x, y File) int { return strings.Compare(x.Name, y.Name) })
	if c.Replace || len(b.files) == 0 {
		t.sum = artifact.NewRSum()
	}
	return t
}

// store puts every file and builds the complete list.
func (t *treeWriter) store(ctx context.Context, tx *store.Tx) error {
	hash, err := tx.Hash()
	if err != nil {
		return err
	}
	known := make(map[string]struct{}, len(t.parent))
	for _, f := range t.parent {
		known[f.UUID] = struct{}{}
	}
	changed := make([]artifact.File, 0, len(t.changes))
	load := loader{files: t.changes, hash: hash, known: known, leaveOut: t.commit.LeaveOut}
	err = load.run(ctx, func(i int, l loaded) error {
		f := t.changes[i]
		_, err := tx.Put(store.Artifact{UUID: l.uuid, Plain: l.plain, Framed: l.framed, Opaque: true})
		if err != nil {
			return err
		}
		if t.sum != nil {
			t.sum.Add(f.Name, l.plain)
		}
		changed = append(changed, artifact.File{Name: f.Name, UUID: l.uuid, Perm: t.perm(f)})
		if t.commit.Progress != nil {
			t.commit.Progress(i+1, len(t.changes))
		}
		return nil
	})
	t.files = t.overlay(changed)
	return err
}

// overlay returns the new tree: the parent's files unless replaced or deleted.
func (t *treeWriter) overlay(changed []artifact.File) []artifact.File {
	if t.commit.Replace {
		return changed
	}
	gone := make(map[string]struct{}, len(changed)+len(t.commit.Delete))
	for _, f := range changed {
		gone[f.Name] = struct{}{}
	}
	for _, name := range t.commit.Delete {
		gone[name] = struct{}{}
	}
	files := changed
	for _, f := range t.parent {
		if _, ok := gone[f.Name]; !ok {
			f.OldName = ""
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(x, y artifact.File) int { return strings.Compare(x.Name, y.Name) })
	return files
}

// perm returns the mode of a changed file.
func (t *treeWriter) perm(f File) artifact.Perm {
	if f.KeepPerm {
		if old, ok := findFile(t.parent, f.Name); ok {
			return old.Perm
		}
	}
	return artifact.Perm(f.Perm)
}

// changed reports whether the tree differs from the parent's.
func (t *treeWriter) changed() bool {
	return !slices.EqualFunc(t.files, t.parent, func(x, y artifact.File) bool {
		return x.Name == y.Name && x.UUID == y.UUID && x.Perm == y.Perm
	})
}

func (t *treeWriter) rsum() string {
	if t.sum == nil {
		return ""
	}
	return t.sum.Sum()
}

// findFile looks a name up in a sorted list.
func findFile(files []artifact.File, name string) (artifact.File, bool) {
	i, ok := slices.BinarySearchFunc(files, name, func(f artifact.File, name string) int {
		return strings.Compare(f.Name, name)
	})
	if !ok {
		return artifact.File{}, false
	}
	return files[i], true
}
