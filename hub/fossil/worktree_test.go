package fossil_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
