package gittree

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Tree is what git shows of a work tree, or of the part of one below Root.
type Tree struct {
	Root   string
	Commit string // full hash of HEAD
	Short  string // the same, abbreviated as git does
	Files  []File // sorted by name
	Left   []Left // tracked, and not among Files; there can be more after they were read
	late   map[string]struct{}

	Unmerged []string // paths with a conflict: Files has them as HEAD has
	Doing    []string // what was begun and not finished: merge, rebase, …
}

// Read reads what git shows of the work tree at root. The error is a *StateError if git
// tracks what only a hub may write in one of the state directories, and matches
// ErrNoCommit, ErrNoRepository, ErrBare, ErrElsewhere, ErrDamaged or exec.ErrNotFound, with git's own words as
// a *CommandError, if there is nothing to show.
func Read(ctx context.Context, root string, state ...string) (*Tree, error) {
	t := &Tree{Root: root}
	entries, gitDir, err := t.ask(ctx)
	if err != nil {
		return nil, err
	}
	own, err := stateOf(root, state)
	if err != nil {
		return nil, err
	}
	w, err := newWalk(root)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := t.gather(ctx, w, own, entries); err != nil {
		return nil, err
	}
	t.Doing = unfinished(gitDir)
	return t, nil
}

// ask has git say where and at which commit it is, and what it tracks. A start waits for
// it, so all is asked at once, of as few processes as can be: each takes milliseconds.
func (t *Tree) ask(ctx context.Context) (entries []indexEntry, gitDir string, err error) {
	var place, index []byte
	var failed, failedToo error
	var all sync.WaitGroup
	all.Go(func() {
		place, failed = run(ctx, t.Root, "rev-parse", "HEAD^{commit}", "--show-toplevel", "HEAD^{commit}", "--absolute-git-dir", "--short", "HEAD")
	})
	all.Go(func() { index, failedToo = run(ctx, t.Root, "ls-files", "-z", "-t", "--stage") })
	all.Wait()
	if err := cmp.Or(failed, failedToo); err != nil { // the first one explains the other
		return nil, "", t.explain(ctx, err)
	}
	h, err := parseHead(place)
	if err != nil {
		return nil, "", err
	}
	t.Commit, t.Short = h.commit, h.short
	if err := t.checkTop(h.top); err != nil {
		return nil, "", err
	}
	entries, err = parseIndex(index)
	return entries, h.dir, err
}

// checkTop makes sure that git speaks of this work tree: a configuration can name another
// one. The top is where .git is, at the root or above it.
func (t *Tree) checkTop(top string) error {
	home := t.Root
	for dir := t.Root; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			home = dir
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	want, err := os.Stat(home)
	if err != nil {
		return fmt.Errorf("gittree: look at work tree: %w", err)
	}
	if got, err := os.Stat(top); err != nil || !os.SameFile(want, got) {
		return &ElsewhereError{Top: top}
	}
	return nil
}

// gather sorts what git tracks into what a seed can have and what it leaves out.
func (t *Tree) gather(ctx context.Context, w *walk, own *ownFiles, entries []indexEntry) error {
	t.Files = make([]File, 0, len(entries))
	for i, e := range entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if i > 0 && e.stage > 1 && entries[i-1].name == e.name {
			continue // another side of the same conflict
		}
		if own.guard(w.dirs[0].root, e) {
			t.leave(StateFile, e.name)
			continue
		}
		if e.stage > 0 {
			t.Unmerged = append(t.Unmerged, e.name)
			continue
		}
		f, reason, err := w.look(e)
		if err != nil {
			return err
		}
		t.add(f, reason)
	}
	if own.found != nil {
		return own.found
	}
	if err := t.takeHeads(ctx); err != nil {
		return err
	}
	t.untangle()
	return nil
}

func (t *Tree) add(f File, why Reason) {
	if why != "" {
		t.leave(why, f.Name)
		return
	}
	t.Files = append(t.Files, f)
}

// takeHeads gives the paths that are not merged HEAD's content.
func (t *Tree) takeHeads(ctx context.Context) error {
	if len(t.Unmerged) == 0 {
		return nil
	}
	out, err := run(ctx, t.Root, "ls-tree", "-r", "-z", t.Commit)
	if err != nil {
		return t.explain(ctx, err)
	}
	list, err := parseTree(out)
	if err != nil {
		return err
	}
	head := make(map[string]treeEntry, len(list))
	for _, e := range list {
		head[e.name] = e
	}
	for _, name := range t.Unmerged {
		e, ok := head[name]
		if !ok {
			t.leave(NotInHead, name)
			continue
		}
		t.add(stored(name, e.mode, e.hash))
	}
	return nil
}

// unfinished returns what git is in the middle of, from the marks that it leaves in its
// directory.
func unfinished(gitDir string) (doing []string) {
	for _, mark := range []struct{ file, name string }{
		{"MERGE_HEAD", "merge"},
		{"rebase-merge", "rebase"},
		{"rebase-apply", "rebase or am"},
		{"CHERRY_PICK_HEAD", "cherry-pick"},
		{"REVERT_HEAD", "revert"},
		{"BISECT_LOG", "bisect"},
	} {
		if _, err := os.Lstat(filepath.Join(gitDir, mark.file)); err == nil {
			doing = append(doing, mark.name)
		}
	}
	return doing
}

// Pending says in a few words what git is in the middle of, "" if nothing.
func (t *Tree) Pending() string {
	var parts []string
	if len(t.Doing) > 0 {
		parts = append(parts, "git is in the middle of a "+strings.Join(t.Doing, ", a "))
	}
	if n := len(t.Unmerged); n > 0 {
		noun := "paths are"
		if n == 1 {
			noun = "path is"
		}
		parts = append(parts, fmt.Sprintf("%d %s not merged, the first is %s: the base has HEAD's content for them", n, noun, Quote(t.Unmerged[0])))
	}
	return strings.Join(parts, "; ")
}
