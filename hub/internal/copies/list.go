package copies

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Kind is where a copy of a repository comes from.
type Kind string

// The kinds.
const (
	OfRun     Kind = "run"     // taken by a hub
	OfArchive Kind = "archive" // left by a reseed, or by recover
	OfClone   Kind = "clone"   // of a slot
	OfLost    Kind = "lost"    // of a state directory that was deleted, moved or replaced
)

// Copy is a file that holds a repository.
type Copy struct {
	Path  string
	Kind  Kind
	Taken time.Time // when it was last written to
	Bytes int64     // with its log
	below string    // the directory below which it lies, and no link is followed
}

// Tree is a saved state of a slot.
type Tree struct {
	Path string // names it
	Root string // where its files are
	Meta
}

// Moved reports whether it is the worktree itself, which was moved here before its slot was
// removed.
func (t Tree) Moved() bool { return t.Root == t.Path }

// File is where the content of one of its files is.
func (t Tree) File(f MetaFile) string { return filepath.Join(t.Root, filepath.FromSlash(f.Name)) }

// Link reports whether the file is a symbolic link.
func (f MetaFile) Link() bool { return fs.FileMode(f.Mode)&fs.ModeSymlink != 0 }

// Repositories lists the copies of repositories, the newest first.
func Repositories(d bonesdir.Dir) (list []Copy, err error) {
	homes, err := runs(d)
	if err != nil {
		return nil, err
	}
	for _, home := range homes {
		list = append(list, found(d.State, home, OfRun)...)
	}
	list = append(list, others(d)...)
	trees, err := savedStates(d)
	for _, t := range trees {
		list = append(list, found(d.State, t.Path, OfClone)...)
	}
	slices.SortStableFunc(list, func(a, b Copy) int { return b.Taken.Compare(a.Taken) })
	return list, err
}

// others lists the repositories that no run keeps up to date.
func others(d bonesdir.Dir) []Copy {
	list := slices.DeleteFunc(found(d.State, d.State, OfArchive), func(c Copy) bool { return c.Path == d.Fossil() })
	list = append(list, found(d.State, d.Recovery(), OfClone)...)
	if lost, err := d.LostHome(); err == nil {
		list = append(list, found(lost, lost, OfLost)...)
	}
	return list
}

// found lists the repositories in one directory.
func found(below, dir string, kind Kind) (list []Copy) {
	entries, err := inside.ReadDir(below, dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(e.Name(), ".fossil") {
			continue
		}
		c := Copy{Path: path, Kind: kind, Taken: info.ModTime(), Bytes: info.Size(), below: below}
		if log, err := os.Lstat(path + "-wal"); err == nil && log.Size() > 0 {
			c.Bytes += log.Size()
			c.Taken = log.ModTime()
		}
		list = append(list, c)
	}
	return list
}

// Trees lists what is saved of slots, the newest first: states that a run has saved, and
// worktrees that were moved away before their slots were removed.
func Trees(ctx context.Context, d bonesdir.Dir) ([]Tree, error) {
	list, err := savedStates(d)
	if err != nil {
		return nil, err
	}
	moved, err := movedTrees(ctx, d)
	list = append(list, moved...)
	slices.SortStableFunc(list, func(a, b Tree) int { return b.Taken.Compare(a.Taken) })
	return list, err
}

// movedTrees lists recovery/<slot>-<unix>.
func movedTrees(ctx context.Context, d bonesdir.Dir) (list []Tree, err error) {
	entries, err := inside.ReadDir(d.State, d.Recovery())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		slot, at, ok := cutLast(e.Name(), "-")
		unix, bad := strconv.ParseInt(at, 10, 64)
		if !ok || bad != nil || !e.IsDir() || IsRun(e.Name()) {
			continue
		}
		path := filepath.Join(d.Recovery(), e.Name())
		all, err := fossil.ReadTree(ctx, path, math.MaxInt)
		if err != nil {
			return list, err
		}
		m, err := measure(Work{Slot: slot, Tree: path, Edits: all.Edits}, math.MaxInt, math.MaxInt64) // it is all there
		if err != nil {
			return list, err
		}
		m.Taken = time.Unix(unix, 0).UTC()
		list = append(list, Tree{Path: path, Root: path, Meta: m})
	}
	return list, err
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

func savedStates(d bonesdir.Dir) (list []Tree, err error) {
	homes, err := runs(d)
	if err != nil {
		return nil, err
	}
	for _, home := range homes {
		entries, err := inside.ReadDir(d.State, filepath.Join(home, treesDir))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.Join(home, treesDir, e.Name())
			if t, ok := readTree(d, path); ok && !strings.HasPrefix(e.Name(), ".") {
				list = append(list, t)
			}
		}
	}
	return list, nil
}

func readTree(d bonesdir.Dir, path string) (t Tree, ok bool) {
	text, err := inside.ReadFile(d.State, filepath.Join(path, metaFile), maxMeta)
	if err != nil || json.Unmarshal(text, &t.Meta) != nil {
		return t, false
	}
	t.Files = slices.DeleteFunc(t.Files, func(f MetaFile) bool { return !filepath.IsLocal(filepath.FromSlash(f.Name)) })
	t.Path, t.Root = path, filepath.Join(path, filesDir)
	return t, true
}

// CopyTree writes the files of a saved state below dir, which must be empty or missing, and
// returns how many. Files that the slot had deleted are not there.
func CopyTree(ctx context.Context, t Tree, dir string) (n int, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	if left, err := inside.ReadDir(dir, dir); err != nil || len(left) > 0 {
		return 0, errors.Join(err, &fs.PathError{Op: "write to", Path: dir, Err: errors.New("the directory is not empty")})
	}
	for _, f := range t.Files {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		if f.Kind == string(fossil.EditMissing) {
			continue
		}
		if err := copyFile(t.Root, dir, f.Name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Open opens what a copy holds, and leaves the copy as it is: database and log are copied to
// a directory of their own below tmp, and opened without the log and with it. What either of
// them has counts: a log that does not fit, and a database that was never written back, are
// both sound and both lack something. close removes the directory.
func Open(ctx context.Context, c Copy, tmp string) (repo *fossil.Repo, closeAll func() error, err error) {
	dir, err := os.MkdirTemp(tmp, ".bones-tui-recover-")
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	path, err := union(ctx, c, dir)
	if err != nil {
		return nil, nil, err
	}
	if repo, err = fossil.Open(ctx, path, fossil.ReadOnly); repo == nil {
		return nil, nil, err
	}
	return repo, func() error { return errors.Join(repo.Close(), os.RemoveAll(dir)) }, nil
}

// union returns the path of a database below dir that holds what c holds with its log and
// without.
func union(ctx context.Context, c Copy, dir string) (string, error) {
	with, without := filepath.Join(dir, "with.fossil"), filepath.Join(dir, "without.fossil")
	if err := duplicate(c.below, c.Path, dir, with, false); err != nil {
		return "", err
	}
	if info, err := inside.Stat(c.below, c.Path+"-wal", inside.File); err != nil || info.Size() == 0 {
		return with, nil //nolint:nilerr // there is no log
	}
	err := errors.Join(duplicate(c.below, c.Path+"-wal", dir, with+"-wal", false), duplicate(c.below, c.Path, dir, without, false))
	if err != nil {
		return "", err
	}
	whole, err := fossil.Open(ctx, with, fossil.ReadOnly)
	if whole == nil || err != nil {
		return without, closed(whole) // the log fits no longer
	}
	bare, err := fossil.Open(ctx, without, fossil.ReadOnly)
	if bare == nil || err != nil {
		return with, errors.Join(closed(whole), closed(bare)) // nothing was ever written back
	}
	_, err = bare.CopyNews(ctx, with, fossil.Mark{})
	if errors.Is(err, fossil.ErrOtherProject) { // the log is another one's
		return without, errors.Join(closed(whole), bare.Close())
	}
	return with, errors.Join(err, closed(whole), bare.Close())
}

func closed(r *fossil.Repo) error {
	if r == nil {
		return nil
	}
	return r.Close()
}

// duplicate copies a file that lies below one directory to a new one below another; with
// lasting it waits until that is on the disk.
func duplicate(below, from, dir, to string, lasting bool) error {
	in, err := inside.Open(below, from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // read only: nothing to lose
	return writeFile(dir, to, in, 0o600, lasting)
}
