//go:build unix

package copies_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/nobodytest"
)

// What can be read of a worktree is saved, and the error says what is not. A state that was
// complete stays beside one that is not.
func TestUnreadableFilesOfWorktrees(t *testing.T) {
	nobodytest.Run(t, func(dir string) {
		workspaceIn(t, dir, "a", "closed/b", "c")
	}, func(dir string) {
		d, tree := bonesdir.At(dir), filepath.Join(dir, "wt")
		taker := copies.NewTaker(d, uuid.NewString())
		save(t, taker, work(t, "api", tree))
		for _, name := range []string{"c", "closed"} {
			if err := os.Chmod(filepath.Join(tree, name), 0); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			err := taker.Save(t.Context(), work(t, "api", tree))
			if !errors.Is(err, copies.ErrUnread) || !strings.Contains(err.Error(), `"c"`) || !strings.Contains(err.Error(), "2 files") {
				t.Errorf("%v", err)
			}
		}
		list := trees(t, d)
		if len(list) != 2 {
			t.Fatalf("%+v", list)
		}
		slices.SortFunc(list, func(a, b copies.Tree) int { return a.Unread - b.Unread })
		if list[0].Unread != 0 || list[1].Unread != 2 || !slices.Equal(names(list[1]), []string{"a"}) || list[1].Problem != "" {
			t.Errorf("%+v", list)
		}
		put(t, filepath.Join(tree, "a"), "more")
		if err := taker.Save(t.Context(), work(t, "api", tree)); !errors.Is(err, copies.ErrUnread) {
			t.Errorf("%v", err)
		}
		if list := trees(t, d); len(list) != 2 {
			t.Errorf("%+v", list)
		}
	})
}

// What cannot be read in the recovery directory keeps nothing else from being listed and
// removed, and stays itself.
func TestUnreadableDirectoriesOfCopies(t *testing.T) {
	const closedRun, closedTrees = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	nobodytest.Run(t, func(dir string) {
		d, _ := workspaceIn(t, dir)
		savedBy(t, d, "good")
		for _, name := range []string{"moved-1790000001/sub/f", "part-1790000002/f", "shut-1790000003/f", closedRun + "/trees/x-1790000004/wt/f", closedTrees + "/trees/x-1790000005/wt/f"} {
			put(t, filepath.Join(d.Recovery(), name), "text")
		}
		savedBy(t, d, "inner")
	}, func(dir string) {
		d := bonesdir.At(dir)
		for _, name := range []string{"moved-1790000001/sub", "part-1790000002/f", "shut-1790000003", closedRun, closedTrees + "/trees"} {
			if err := os.Chmod(filepath.Join(d.Recovery(), name), 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := copies.Repositories(d); err != nil {
			t.Error(err)
		}
		var good, bad []string
		for _, tree := range trees(t, d) {
			rel, err := filepath.Rel(d.Recovery(), tree.Path)
			if err != nil {
				t.Fatal(err)
			}
			if tree.Problem == "" {
				good = append(good, tree.Slot)
				continue
			}
			bad = append(bad, rel)
		}
		slices.Sort(good)
		slices.Sort(bad)
		want := []string{closedRun + "/trees", closedTrees + "/trees", "moved-1790000001", "part-1790000002", "shut-1790000003"}
		if !slices.Equal(good, []string{"good", "inner"}) || !slices.Equal(bad, want) {
			t.Errorf("%v and %v", good, bad)
		}
		if gone := prune(t, d); len(gone) != 2 {
			t.Errorf("removed %v", gone)
		}
	})
}
