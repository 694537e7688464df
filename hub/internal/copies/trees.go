package copies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/bonesdir/inside"
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

// ErrTooLarge is matched by the error for a worktree of which only a part was saved.
var ErrTooLarge = errors.New("copies: a worktree is too large to be saved whole")

// Work is what a slot has that the repository has not.
type Work struct {
	Slot    string
	Tree    string        // its worktree
	CheckIn string        // that the worktree stands on, "" if unknown
	Edits   []fossil.Edit // sorted by name
	Clone   Source        // with check-ins that were never pushed; nil if there are none
	Stamp   string        // of the clone: another one is another state
}

// Meta describes a saved state.
type Meta struct {
	Slot    string     `json:"slot"`
	Taken   time.Time  `json:"taken"`
	CheckIn string     `json:"check_in,omitempty"` // that the worktree stood on
	Clone   string     `json:"clone,omitempty"`    // stamp of the clone that is saved
	Files   []MetaFile `json:"files"`
	Left    int        `json:"left,omitempty"` // files beyond the bounds, which are not saved
}

// MetaFile is one edited file.
type MetaFile struct {
	Name     string `json:"name"` // with slashes
	Kind     string `json:"kind"` // as an EditKind; a missing file has no content
	Size     int64  `json:"size,omitempty"`
	Mode     uint32 `json:"mode,omitempty"`
	Modified int64  `json:"modified,omitempty"` // in ns
}

// same reports whether two states of a slot are one.
func (m Meta) same(o Meta) bool {
	return m.Slot == o.Slot && m.CheckIn == o.CheckIn && m.Clone == o.Clone && slices.Equal(m.Files, o.Files)
}

// Save keeps a slot's work, unless that very state is kept already. The state before it
// goes, if this run has saved it: what follows it is the same worktree, edited.
func (t *Taker) Save(ctx context.Context, w Work) error {
	m, err := measure(w, maxTreeFiles, maxTreeBytes)
	if err != nil {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, err)
	}
	known, err := savedStates(t.dir)
	if err != nil {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, err)
	}
	if slices.ContainsFunc(known, func(k Tree) bool { return k.same(m) }) {
		return m.tooLarge()
	}
	before := t.last[w.Slot]
	if len(known) >= maxTrees && before == "" {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, ErrTooMany)
	}
	path, err := t.save(ctx, w, m)
	if err != nil {
		return fmt.Errorf("copies: save slot %s: %w", w.Slot, err)
	}
	t.last[w.Slot] = path
	if before != "" {
		err = os.RemoveAll(before)
	}
	return errors.Join(err, m.tooLarge())
}

func (m Meta) tooLarge() error {
	if m.Left > 0 {
		return fmt.Errorf("%w: %d files of slot %s are not saved", ErrTooLarge, m.Left, m.Slot)
	}
	return nil
}

// Retain names the slots that are there. What was saved of others stays as it is, also if
// there is a slot of that name again.
func (t *Taker) Retain(here map[string]struct{}) {
	maps.DeleteFunc(t.last, func(slot, _ string) bool { _, ok := here[slot]; return !ok })
}

// measure describes what a slot has, up to a number of files and of bytes.
func measure(w Work, maxFiles int, maxBytes int64) (Meta, error) {
	m := Meta{Slot: w.Slot, Taken: time.Now().UTC(), CheckIn: w.CheckIn, Files: []MetaFile{}}
	if w.Clone != nil {
		m.Clone = w.Stamp
	}
	sum := int64(0)
	for _, e := range w.Edits {
		f := MetaFile{Name: e.Name, Kind: string(e.Kind)}
		info, err := os.Lstat(filepath.Join(w.Tree, filepath.FromSlash(e.Name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			f.Kind = string(fossil.EditMissing)
		case err != nil:
			return m, err
		case info.Mode()&fs.ModeSymlink == 0 && !info.Mode().IsRegular():
			continue // a pipe or a socket has no content
		default:
			f.Size, f.Mode, f.Modified = info.Size(), uint32(info.Mode()), info.ModTime().UnixNano()
		}
		if len(m.Files) >= maxFiles || sum+f.Size > maxBytes {
			m.Left++
			continue
		}
		sum += f.Size
		m.Files = append(m.Files, f)
	}
	return m, nil
}

// save writes a state under a name that it gets only once it is complete.
func (t *Taker) save(ctx context.Context, w Work, m Meta) (string, error) {
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

func fill(ctx context.Context, dir string, w Work, m Meta) error {
	files := filepath.Join(dir, filesDir)
	if err := os.MkdirAll(files, 0o700); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.Kind == string(fossil.EditMissing) {
			continue
		}
		if err := copyFile(w.Tree, files, f.Name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if w.Clone != nil {
		if _, err := w.Clone.CopyTo(ctx, filepath.Join(dir, cloneFile)); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, metaFile), append(text, '\n'), 0o600)
}

// copyFile copies one file below a directory to the same name below another: content and
// whether it can be run; of a link where it points to. It is not waited for until it is on the
// disk: a stop would take many times as long, and what removes slots is no loss of power.
func copyFile(from, to, name string) error {
	src, dst := filepath.Join(from, filepath.FromSlash(name)), filepath.Join(to, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(src)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(src)
		if err != nil {
			return err
		}
		return os.Symlink(target, dst)
	}
	in, err := inside.Open(from, src)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // read only: nothing to lose
	return writeFile(to, dst, in, 0o600|info.Mode().Perm()&0o100, false)
}

func writeFile(dir, path string, content io.Reader, mode fs.FileMode, lasting bool) error {
	out, err := inside.OpenFile(dir, path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	if err == nil && lasting {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
