package copies_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
)

// workspace makes a state directory and a slot's worktree with files.
func workspace(tb testing.TB, files ...string) (d bonesdir.Dir, tree string) {
	tb.Helper()
	return workspaceIn(tb, tb.TempDir(), files...)
}

func workspaceIn(tb testing.TB, root string, files ...string) (d bonesdir.Dir, tree string) {
	tb.Helper()
	d = bonesdir.At(root)
	tree = filepath.Join(root, "wt")
	mkdir(tb, d.State)
	mkdir(tb, tree)
	for _, name := range files {
		put(tb, filepath.Join(tree, name), name)
	}
	return d, tree
}

func mkdir(tb testing.TB, path string) {
	tb.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		tb.Fatal(err)
	}
}

func put(tb testing.TB, path, text string) {
	tb.Helper()
	mkdir(tb, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func link(tb testing.TB, target, path string) {
	tb.Helper()
	mkdir(tb, filepath.Dir(path))
	if err := os.Symlink(target, path); err != nil {
		tb.Fatal(err)
	}
}

// work is all that lies in a worktree, as edits.
func work(tb testing.TB, slot, tree string) copies.Work {
	tb.Helper()
	all, err := fossil.ReadTree(tb.Context(), tree, 1000)
	if err != nil {
		tb.Fatal(err)
	}
	return copies.Work{Slot: slot, Tree: tree, Edits: all.Edits}
}

func save(tb testing.TB, t *copies.Taker, w copies.Work) {
	tb.Helper()
	if err := t.Save(tb.Context(), w); err != nil {
		tb.Fatal(err)
	}
}

func trees(tb testing.TB, d bonesdir.Dir) []copies.Tree {
	tb.Helper()
	list, err := copies.Trees(tb.Context(), d)
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func names(t copies.Tree) (list []string) {
	for _, f := range t.Files {
		list = append(list, f.Name)
	}
	return list
}

// savedBy writes a saved state as somebody else might: a manifest with names, and files.
func savedBy(tb testing.TB, d bonesdir.Dir, slot string, files ...string) (dir string) {
	tb.Helper()
	dir = filepath.Join(d.Recovery(), uuid.NewString(), "trees", slot+"-1790000000")
	m := copies.Meta{Slot: slot, Taken: time.Unix(1790000000, 0).UTC()}
	for _, name := range files {
		m.Files = append(m.Files, copies.MetaFile{Name: name, Kind: "added"})
	}
	text, err := json.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	put(tb, filepath.Join(dir, "edits.json"), string(text))
	mkdir(tb, filepath.Join(dir, "wt"))
	return dir
}

// everything says that git has all of it.
var everything = copies.Judge{
	Repository: func(context.Context, *fossil.Repo) (bool, error) { return true, nil },
	Tree:       func(context.Context, copies.Tree) (bool, error) { return true, nil },
}

// prune removes what may go.
func prune(tb testing.TB, d bonesdir.Dir) []string {
	tb.Helper()
	runs, err := copies.Prune(tb.Context(), d, "", everything)
	if err != nil {
		tb.Error(err)
	}
	others, err := copies.PruneOthers(tb.Context(), d, everything)
	if err != nil {
		tb.Error(err)
	}
	return append(runs, others...)
}

func TestSavedWorkComesBack(t *testing.T) {
	d, tree := workspace(t, "a", "sub/b")
	link(t, "to/nowhere", filepath.Join(tree, "sub", "link"))
	taker := copies.NewTaker(d, uuid.NewString())
	save(t, taker, work(t, "api", tree))
	save(t, taker, work(t, "api", tree))
	list := trees(t, d)
	if len(list) != 1 || list[0].Problem != "" || !slices.Equal(names(list[0]), []string{"a", "sub/b", "sub/link"}) {
		t.Fatalf("%+v", list)
	}
	into := filepath.Join(t.TempDir(), "into")
	if n, err := copies.CopyTree(t.Context(), list[0], into); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	if target, err := os.Readlink(filepath.Join(into, "sub", "link")); err != nil || target != "to/nowhere" {
		t.Errorf("%q, %v", target, err)
	}
	if gone := prune(t, d); !slices.Equal(gone, []string{list[0].Path}) {
		t.Errorf("removed %v", gone)
	}
}

// Whoever has written a saved state chooses neither what is read nor what is written beside it.
func TestNoLinkIsFollowedFromOrTo(t *testing.T) {
	d, _ := workspace(t)
	dir := savedBy(t, d, "x", "a", "a/lnk", "a/f", "b/c/deep", "good", "self", "self/good")
	up := filepath.Join(dir, "up", "tgt")
	link(t, "../up/tgt", filepath.Join(dir, "wt", "a"))
	link(t, ".", filepath.Join(dir, "wt", "self"))
	link(t, "../up", filepath.Join(dir, "wt", "b"))
	put(t, filepath.Join(up, "f"), "secret")
	put(t, filepath.Join(dir, "up", "c", "deep"), "secret")
	link(t, "/etc/passwd", filepath.Join(up, "lnk"))
	put(t, filepath.Join(dir, "wt", "good"), "good")

	top := t.TempDir()
	into, beside := filepath.Join(top, "into"), filepath.Join(top, "up", "tgt")
	mkdir(t, beside)
	n, err := copies.CopyTree(t.Context(), trees(t, d)[0], into)
	if err == nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	if left, err := os.ReadDir(beside); err != nil || len(left) > 0 {
		t.Errorf("written beside: %v, %v", left, err)
	}
	var there []string
	for _, name := range []string{"a", "b", "good", "self"} {
		if _, err := os.Lstat(filepath.Join(into, name)); err == nil {
			there = append(there, name)
		}
	}
	if want := []string{"a", "good", "self"}; !slices.Equal(there, want) {
		t.Errorf("%v, want %v", there, want)
	}
}

// The same, of a worktree that is edited while it is saved.
func TestNoLinkIsFollowedInAWorktree(t *testing.T) {
	d, tree := workspace(t, "a/f", "b/f", "c")
	w := work(t, "api", tree)
	outside := t.TempDir()
	put(t, filepath.Join(outside, "f"), "secret")
	if err := errors.Join(os.RemoveAll(filepath.Join(tree, "a")), os.Symlink(outside, filepath.Join(tree, "a"))); err != nil {
		t.Fatal(err)
	}
	if err := copies.NewTaker(d, uuid.NewString()).Save(t.Context(), w); !errors.Is(err, copies.ErrUnread) {
		t.Errorf("%v", err)
	}
	if list := trees(t, d); len(list) != 1 || !slices.Equal(names(list[0]), []string{"b/f", "c"}) {
		t.Errorf("%+v", list)
	}
}

// Names are bytes.
func TestNamesThatAreNotUTF8(t *testing.T) {
	const odd = "caf\xe9/n\xff"
	d, tree := workspace(t, odd, "café", "�")
	w := work(t, "sl\xf6t", tree)
	save(t, copies.NewTaker(d, uuid.NewString()), w)
	save(t, copies.NewTaker(d, uuid.NewString()), w)
	list := trees(t, d)
	if len(list) != 1 || list[0].Slot != "sl\xf6t" || !slices.Contains(names(list[0]), odd) {
		t.Fatalf("%+v", list)
	}
	into := filepath.Join(t.TempDir(), "into")
	if n, err := copies.CopyTree(t.Context(), list[0], into); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	if text, err := os.ReadFile(filepath.Join(into, odd)); err != nil || string(text) != odd {
		t.Errorf("%q, %v", text, err)
	}
}

// Names that a check-out of a stranger has recorded are not taken for files of it.
func TestNamesThatLeadOut(t *testing.T) {
	d, tree := workspace(t, "a")
	w := work(t, "api", tree)
	w.Edits = append(w.Edits, fossil.Edit{Name: "../../etc", Kind: fossil.EditMissing}, fossil.Edit{Name: "/etc/passwd", Kind: fossil.EditAdded})
	for range 2 {
		save(t, copies.NewTaker(d, uuid.NewString()), w)
	}
	if list := trees(t, d); len(list) != 1 || !slices.Equal(names(list[0]), []string{"a"}) {
		t.Errorf("%+v", list)
	}
}

// A file that cannot be written does not keep the others from being written.
func TestCopyTreeWritesAllItCan(t *testing.T) {
	d, _ := workspace(t)
	dir := savedBy(t, d, "x", "a", "gone", "b", "a/below", "c")
	for _, name := range []string{"a", "b", "c"} {
		put(t, filepath.Join(dir, "wt", name), name)
	}
	into := filepath.Join(t.TempDir(), "into")
	n, err := copies.CopyTree(t.Context(), trees(t, d)[0], into)
	if n != 3 || err == nil || !strings.Contains(err.Error(), "gone") || !strings.Contains(err.Error(), filepath.Join("wt", "a")) {
		t.Errorf("%d, %v", n, err)
	}
	for _, name := range []string{"a", "b", "c"} {
		if text, err := os.ReadFile(filepath.Join(into, name)); err != nil || string(text) != name {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// vanishing removes a file while a worktree is saved: after it was listed, before it is copied.
type vanishing struct {
	context.Context
	path string
	asks *int
}

func (v vanishing) Err() error {
	if *v.asks++; *v.asks == 1 {
		_ = os.Remove(v.path)
	}
	return v.Context.Err()
}

// A manifest names nothing that is not there.
func TestFilesThatVanishAreNotNamed(t *testing.T) {
	d, tree := workspace(t, "a", "b", "c")
	w := work(t, "api", tree)
	asks := 0
	ctx := vanishing{t.Context(), filepath.Join(tree, "b"), &asks}
	if err := copies.NewTaker(d, uuid.NewString()).Save(ctx, w); err != nil {
		t.Fatal(err)
	}
	if asks == 0 {
		t.Fatal("nothing has vanished")
	}
	if list := trees(t, d); len(list) != 1 || !slices.Equal(names(list[0]), []string{"a", "c"}) {
		t.Errorf("%+v", list)
	}
}
