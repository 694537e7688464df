//go:build unix

package fossil_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/nobodytest"
)

// What cannot be read is told, and keeps nobody from seeing the rest.
func TestUnreadableFilesOfCheckouts(t *testing.T) {
	nobodytest.Run(t, func(dir string) {
		p := newPeer(t)
		r := newRepo(t)
		commit(t, r, fossil.Commit{Replace: true, Files: files("a=1", "closed/b=2", "d=4")})
		p.dir = dir
		p.run("clone", serve(t, r), "x.fossil")
		p.run("open", filepath.Join(dir, "x.fossil"), "--workdir", "co")
		co := p.in("co")
		co.write("a", "2")
		co.write("closed/new", "3")
		co.write("d", "44")
		co.write("e", "5")
		for name, mode := range map[string]os.FileMode{"closed": 0, "a": 0, "e": 0} {
			if err := os.Chmod(filepath.Join(co.dir, name), mode); err != nil {
				t.Fatal(err)
			}
		}
	}, func(dir string) {
		co, repo := filepath.Join(dir, "co"), filepath.Join(dir, "x.fossil")
		w, err := fossil.ReadWorktree(t.Context(), co, repo, 10)
		want := []fossil.Edit{
			{Name: "a", Kind: fossil.EditUnread},
			{Name: "closed", Kind: fossil.EditUnread},
			{Name: "d", Kind: fossil.EditChanged},
			{Name: "e", Kind: fossil.EditAdded},
		}
		if err != nil || !slices.Equal(w.Edits, want) || !slices.Equal(w.Unread, []string{"a", "closed"}) {
			t.Errorf("%+v, %v", w, err)
		}
		tree, err := fossil.ReadTree(t.Context(), co, 10)
		if err != nil || !slices.Equal(tree.Unread, []string{"closed"}) || len(tree.Edits) != 4 {
			t.Errorf("%+v, %v", tree, err)
		}
		if err := os.WriteFile(filepath.Join(co, "d"), []byte("4"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(co, "e")); err != nil {
			t.Fatal(err)
		}
		if clean, err := fossil.CleanCheckout(t.Context(), co, repo); err != nil || clean {
			t.Errorf("clean is %v, %v", clean, err)
		}
		if err := os.Chmod(co, 0); err != nil {
			t.Fatal(err)
		}
		tree, err = fossil.ReadTree(t.Context(), co, 10)
		if err != nil || !slices.Equal(tree.Unread, []string{"."}) {
			t.Errorf("all of it: %+v, %v", tree, err)
		}
	})
}
