package copies

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Tree is a saved state of a slot.
type Tree struct {
	Path    string // names it
	Root    string // where its files are
	Problem string // why it, or a part of it, cannot be read: then it is never removed
	Meta
}

// Moved reports whether it is the worktree itself, which was moved here before its slot was
// removed.
func (t Tree) Moved() bool { return t.Root == t.Path }

// File is where the content of one of its files is.
func (t Tree) File(f MetaFile) string { return filepath.Join(t.Root, filepath.FromSlash(f.Name)) }

// Link reports whether the file is a symbolic link.
func (f MetaFile) Link() bool { return fs.FileMode(f.Mode)&fs.ModeSymlink != 0 }

// Trees lists what is saved of slots, the newest first: states that a run has saved, and
// worktrees that were moved away before their slots were removed. Of one that cannot be read the
// files are those that can be found.
func Trees(ctx context.Context, d bonesdir.Dir) ([]Tree, error) {
	list, err := savedStates(d)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Problem != "" {
			list[i].asItLies(ctx, d)
		}
	}
	moved, err := movedTrees(ctx, d)
	list = append(list, moved...)
	slices.SortStableFunc(list, func(a, b Tree) int { return b.Taken.Compare(a.Taken) })
	return list, errors.Join(err, ctx.Err())
}

// movedTrees lists recovery/<slot>-<unix>.
func movedTrees(ctx context.Context, d bonesdir.Dir) (list []Tree, err error) {
	entries, err := inside.ReadDir(d.State, d.Recovery())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		path := filepath.Join(d.Recovery(), e.Name())
		t := Tree{Path: path, Root: path}
		if ok := t.nameTells(d); !ok || !e.IsDir() || IsRun(e.Name()) {
			continue
		}
		t.asItLies(ctx, d)
		list = append(list, t)
	}
	return list, errors.Join(err, ctx.Err())
}

// nameTells reads what the name <slot>-<unix> of a saved state says.
func (t *Tree) nameTells(d bonesdir.Dir) bool {
	slot, at, ok := cutLast(filepath.Base(t.Path), "-")
	unix, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil {
		return false
	}
	t.Slot, t.Taken = slot, time.Unix(unix, 0).UTC()
	t.mendTime(d)
	return true
}

// mendTime puts the time of the directory in the place of one that cannot be told.
func (t *Tree) mendTime(d bonesdir.Dir) {
	if t.Taken = t.Taken.UTC(); tellable(t.Taken) {
		return
	}
	t.Taken = time.Unix(0, 0).UTC()
	if info, err := inside.Stat(d.State, t.Path, inside.Directory); err == nil {
		t.Taken = modified(info).UTC()
	}
}

// asItLies lists the files that are there, whatever a manifest says.
func (t *Tree) asItLies(ctx context.Context, d bonesdir.Dir) {
	var all fossil.Worktree
	_, err := inside.Stat(d.State, t.Root, inside.Directory)
	if err == nil {
		all, err = fossil.ReadTree(ctx, t.Root, math.MaxInt)
	}
	m := measure(Work{Slot: t.Slot, Tree: t.Root, Edits: all.Edits}, unbounded)
	m.Taken = t.Taken
	t.Meta = m
	switch {
	case t.Problem != "":
	case err != nil:
		t.Problem = err.Error()
	case m.Unread > 0:
		t.Problem = fmt.Sprintf("%d files or directories cannot be read, the first is %q", m.Unread, m.first)
	}
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// savedStates lists what runs have saved. Of one that cannot be read no files are listed.
func savedStates(d bonesdir.Dir) (list []Tree, err error) {
	homes, err := runs(d)
	if err != nil {
		return nil, err
	}
	for _, home := range homes {
		path := filepath.Join(home, treesDir)
		entries, err := inside.ReadDir(d.State, path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t := Tree{Path: path, Root: path, Problem: err.Error()}
			t.mendTime(d)
			list = append(list, t)
		}
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				list = append(list, readTree(d, filepath.Join(path, e.Name())))
			}
		}
	}
	return list, nil
}

// readTree reads what the manifest of a saved state says.
func readTree(d bonesdir.Dir, path string) Tree {
	t := Tree{Path: path, Root: filepath.Join(path, filesDir)}
	text, err := inside.ReadFile(d.State, filepath.Join(path, metaFile), maxMeta)
	if err == nil {
		t.Meta, err = decode(text)
	}
	if err != nil {
		t.Meta, t.Problem = Meta{Slot: filepath.Base(path)}, fmt.Sprintf("%s: %v", metaFile, err)
		if !t.nameTells(d) {
			t.mendTime(d)
		}
		return t
	}
	t.mendTime(d)
	t.Files = slices.DeleteFunc(t.Files, func(f MetaFile) bool { return !filepath.IsLocal(filepath.FromSlash(f.Name)) })
	return t
}
