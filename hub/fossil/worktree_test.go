package fossil_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bones-tui/hub/fossil"
)

func TestReadWorktree(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	tip := commit(t, r, fossil.Commit{Replace: true, Files: files("a=1", "sub/b=2", "c=3", "d=4", "e=5")})
	p.run("clone", serve(t, r), "x.fossil")
	p.run("open", filepath.Join(p.dir, "x.fossil"), "--workdir", "co")
	co := p.in("co")
	w, err := fossil.ReadWorktree(t.Context(), co.dir, filepath.Join(p.dir, "x.fossil"), 10)
	if err != nil || w.CheckIn != tip.UUID || w.Count != 0 || w.Merging {
		t.Fatalf("untouched: %+v, %v", w, err)
	}
	co.write("a", "22")
	co.write("sub/new", "")
	co.run("rm", "--soft", "c")
	co.run("mv", "--hard", "d", "f")
	if err := os.Remove(filepath.Join(co.dir, "sub", "b")); err != nil {
		t.Fatal(err)
	}
	want := []fossil.Edit{
		{Name: "a", Kind: fossil.EditChanged},
		{Name: "c", Kind: fossil.EditMissing},
		{Name: "f", Kind: fossil.EditRenamed},
		{Name: "sub/b", Kind: fossil.EditMissing},
		{Name: "sub/new", Kind: fossil.EditAdded},
	}
	if w, err = fossil.ReadWorktree(t.Context(), co.dir, filepath.Join(p.dir, "x.fossil"), 10); err != nil || !slices.Equal(w.Edits, want) || w.Count != 5 {
		t.Errorf("edited: %+v, %v\nwant %v", w, err, want)
	}
	if w, err = fossil.ReadWorktree(t.Context(), co.dir, filepath.Join(p.dir, "x.fossil"), 2); err != nil || !slices.Equal(w.Edits, want[:2]) || w.Count != 5 {
		t.Errorf("limited: %+v, %v", w, err)
	}
	if _, err := fossil.ReadWorktree(t.Context(), t.TempDir(), filepath.Join(p.dir, "x.fossil"), 1); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("no check-out: %v, want ErrNotFound", err)
	}
}

func TestCompareTree(t *testing.T) {
	r := newRepo(t)
	tip := commit(t, r, fossil.Commit{Replace: true, Files: files("a=1", "sub/b=2")})
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "1", "new": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := []fossil.Edit{{Name: "new", Kind: fossil.EditAdded}, {Name: "sub/b", Kind: fossil.EditMissing}}
	w, err := fossil.CompareTree(t.Context(), r, fossil.Trunk, dir, 9)
	if err != nil || !slices.Equal(w.Edits, want) || w.CheckIn != tip.UUID {
		t.Errorf("%+v, %v; want %v", w, err, want)
	}
}

// What a check-out has stashed lies in its state alone, which is listed with the edits. What
// was written to a file after it was removed is no removal.
func TestStashesAreEdits(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	commit(t, r, fossil.Commit{Replace: true, Files: files("a=1", "b=2")})
	p.run("clone", serve(t, r), "x.fossil")
	p.run("open", filepath.Join(p.dir, "x.fossil"), "--workdir", "co")
	co := p.in("co")
	co.write("a", "22")
	co.run("stash", "save", "-m", "later")
	co.run("rm", "--soft", "b")
	co.write("b", "other")
	co.write(".fslckout-notes", "x")
	added, stashed := fossil.Edit{Name: ".fslckout-notes", Kind: fossil.EditAdded}, fossil.Edit{Name: ".fslckout", Kind: fossil.EditStashed}
	want := []fossil.Edit{stashed, added, {Name: "b", Kind: fossil.EditAdded}}
	if w, err := fossil.ReadWorktree(t.Context(), co.dir, filepath.Join(p.dir, "x.fossil"), 10); err != nil || !slices.Equal(w.Edits, want) || w.Count != 3 {
		t.Errorf("%+v, %v\nwant %v", w, err, want)
	}
	want = []fossil.Edit{stashed, added, {Name: "a", Kind: fossil.EditAdded}, {Name: "b", Kind: fossil.EditAdded}}
	if w, err := fossil.ReadTree(t.Context(), co.dir, 10); err != nil || !slices.Equal(w.Edits, want) {
		t.Errorf("%+v, %v\nwant %v", w, err, want)
	}
	co.run("stash", "drop", "1")
	if w, err := fossil.ReadTree(t.Context(), co.dir, 10); err != nil || !slices.Equal(w.Edits, want[1:]) {
		t.Errorf("dropped: %+v, %v\nwant %v", w, err, want[1:])
	}
	if err := os.WriteFile(filepath.Join(co.dir, ".fslckout"), []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if w, err := fossil.ReadTree(t.Context(), co.dir, 10); err != nil || !slices.Equal(w.Edits, want) {
		t.Errorf("a state that cannot be read: %+v, %v\nwant %v", w, err, want)
	}
}

// Fossil notes in a check-out that a file is changed, with the size and time that it has then:
// they no longer tell that it is as checked out.
func TestAnEditThatFossilKnowsOfIsAnEdit(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	commit(t, r, fossil.Commit{Replace: true, Files: files("a=1", "b=2")})
	p.run("clone", serve(t, r), "x.fossil")
	p.run("open", filepath.Join(p.dir, "x.fossil"), "--workdir", "co")
	co := p.in("co")
	co.write("a", "9") // of the same size
	past := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(co.dir, "a"), past, past); err != nil {
		t.Fatal(err)
	}
	expect(t, "fossil changes", co.run("changes"), "EDITED")
	w, err := fossil.ReadWorktree(t.Context(), co.dir, filepath.Join(p.dir, "x.fossil"), 10)
	if want := []fossil.Edit{{Name: "a", Kind: fossil.EditChanged}}; err != nil || !slices.Equal(w.Edits, want) {
		t.Errorf("%+v, %v, want %v", w, err, want)
	}
}
