package fossil

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// EditKind says how a file of a check-out differs from what was checked out.
type EditKind string

// The kinds of edits.
const (
	EditChanged EditKind = "changed"
	EditAdded   EditKind = "added" // whether or not Fossil was told of it
	EditMissing EditKind = "missing"
	EditRenamed EditKind = "renamed"
	EditStashed EditKind = "stashed" // the check-out's own state, which holds what `fossil stash` has put aside
	EditUnread  EditKind = "unread"  // a file, or a directory with all in it, that cannot be looked at
)

// MaxUnread bounds the names in Worktree.Unread.
const MaxUnread = 50

// Edit is one file of a check-out that is not as checked out.
type Edit struct {
	Name string // with slashes
	Kind EditKind
}

// Worktree is what a check-out holds beyond its repository.
type Worktree struct {
	CheckIn string   // hash of the check-in it stands on
	Merging bool     // a merge waits to be checked in
	Edits   []Edit   // sorted by name; only the first ones
	Count   int      // of all edits
	Unread  []string // of these, what could not be looked at: the first MaxUnread, sorted, with slashes; "." is all
}

// ReadWorktree compares the Fossil check-out in dir with its repository, at the path
// repository, and returns at most limit edits. A file that still has the size and the time of its check-out
// counts as unchanged, as it does for Fossil; CleanCheckout reads every file. Nothing
// is written. What cannot be read is an edit too, and no error. Errors are those of CleanCheckout.
func ReadWorktree(ctx context.Context, dir, repository string, limit int) (Worktree, error) {
	c, err := readCheckout(ctx, dir, repository)
	if err != nil {
		return Worktree{}, err
	}
	c.trusting = true
	return c.worktree(ctx, limit)
}

// CompareTree compares the files below dir, which need not be a check-out, with those
// of a check-in, named as in Repo.Resolve.
func CompareTree(ctx context.Context, r *Repo, rev, dir string, limit int) (Worktree, error) {
	ci, err := r.Resolve(ctx, rev)
	if err != nil {
		return Worktree{}, err
	}
	files, err := r.Files(ctx, ci.UUID)
	if err != nil {
		return Worktree{}, err
	}
	c := &checkout{dir: dir, hash: ci.UUID, known: make(map[string]version, len(files))}
	for _, f := range files {
		c.known[f.Name] = version{uuid: f.UUID, size: f.Size}
	}
	return c.worktree(ctx, limit)
}

// ReadTree lists all files below dir, which need not be a check-out, as added. If it is one, its
// state is listed if something is stashed in it, or may be.
func ReadTree(ctx context.Context, dir string, limit int) (Worktree, error) {
	c := &checkout{dir: dir}
	c.findStash(ctx)
	return c.worktree(ctx, limit)
}

func (c *checkout) worktree(ctx context.Context, limit int) (Worktree, error) {
	w := Worktree{CheckIn: c.hash, Merging: c.merging}
	err := c.edits(ctx, func(e Edit) bool {
		w.Count++
		w.Edits = append(w.Edits, e)
		return true
	})
	slices.SortFunc(w.Edits, func(a, b Edit) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range w.Edits {
		if e.Kind == EditUnread && len(w.Unread) < MaxUnread {
			w.Unread = append(w.Unread, e.Name)
		}
	}
	w.Edits = slices.Clone(w.Edits[:min(len(w.Edits), limit)])
	return w, err
}

// edits passes each difference to fn until it returns false. It uses up what is
// known.
func (c *checkout) edits(ctx context.Context, fn func(Edit) bool) error {
	errEnough := errors.New("enough")
	tell := func(name string, kind EditKind) error {
		if !fn(Edit{Name: name, Kind: kind}) {
			return errEnough
		}
		return nil
	}
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if stop := ctx.Err(); stop != nil {
			return stop
		}
		rel, outside := filepath.Rel(c.dir, path)
		if outside != nil {
			return outside
		}
		name := filepath.ToSlash(rel)
		if err != nil {
			if name == "." && errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if err := c.skip(name, err, tell); err != nil {
				return err
			}
			return fs.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		kind, err := c.kindOf(ctx, name, path, d)
		if err != nil || kind == "" {
			return err
		}
		return tell(name, kind)
	})
	for name := range c.known {
		if err == nil {
			err = tell(name, EditMissing)
		}
	}
	switch {
	case errors.Is(err, errEnough):
		return nil
	case err != nil:
		return fmt.Errorf("fossil: check-out %s: %w", c.dir, err)
	}
	return nil
}

// skip tells of what cannot be read, with all that is known below it; what is gone is not there.
func (c *checkout) skip(name string, why error, tell func(string, EditKind) error) error {
	if errors.Is(why, fs.ErrNotExist) {
		return nil
	}
	for known := range c.known {
		if name == "." || strings.HasPrefix(known, name+"/") {
			delete(c.known, known)
		}
	}
	return tell(name, EditUnread)
}

// kindOf returns how a file that is there is an edit, "" if it is none, and uses up what is
// known of it.
func (c *checkout) kindOf(ctx context.Context, name, path string, d fs.DirEntry) (EditKind, error) {
	switch {
	case c.stashed && isStateOf(c.state, name):
		return EditStashed, nil
	case isCheckoutState(name):
		return "", nil
	}
	want, known := c.known[name]
	delete(c.known, name)
	if !known {
		return EditAdded, nil
	}
	kind, err := c.differs(ctx, want, path, d)
	switch {
	case err == nil:
		return kind, nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return EditMissing, nil
	}
	return EditUnread, nil
}

// differs returns how a file that is there differs from the version, "" if it does
// not.
func (c *checkout) differs(ctx context.Context, v version, path string, d fs.DirEntry) (EditKind, error) {
	if v.staged == EditMissing { // and there: what was written since then is nowhere else
		same, err := v.matches(ctx, path, d)
		if err == nil && !same {
			return EditAdded, nil
		}
		return v.staged, err
	}
	if v.staged != "" {
		return v.staged, nil
	}
	if c.trusting && !v.suspect && v.mtime < c.written.Unix() && d.Type().IsRegular() {
		info, err := d.Info()
		if err == nil && info.ModTime().Unix() == v.mtime && info.Size() == v.size {
			return "", nil // not edited: that would have been in a later second
		}
	}
	same, err := v.matches(ctx, path, d)
	if err != nil || same {
		return "", err
	}
	return EditChanged, nil
}
