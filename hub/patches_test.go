//go:build linux

package hub_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/fossil"
)

// clonedGit is a fresh checkout of what git has of a workspace.
func clonedGit(t *testing.T, root string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "git")
	runGit(t, root, "clone", "-q", root, dir)
	return dir
}

// onDisk is what lies in a git work tree, as treeOf describes it.
func onDisk(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return filepath.SkipDir
		case e.IsDir():
			return nil
		}
		name, _ := filepath.Rel(dir, path)
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			tree[name] = fmt.Sprint(fossil.Symlink, " ", target)
			return err
		}
		perm := fossil.Regular
		if info, err := e.Info(); err == nil && info.Mode()&0o100 != 0 {
			perm = fossil.Exec
		}
		tree[name] = fmt.Sprint(perm, " ", readFile(t, path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// Each leaf of a history with forks, branches and merges has a patch, written beside the hub
// that serves it, with which git makes the leaf's tree.
func TestPatchesGiveGitTheTreesOfAllLeaves(t *testing.T) {
	t.Parallel()
	for range rounds(1, 100) {
		root := newWorkspace(t)
		l := newLot(t, root)
		startHub(t, root)
		dir := filepath.Join(t.TempDir(), "new", "state")
		if list, err := hub.WritePatches(t.Context(), root, dir); err != nil || len(list) != 0 {
			t.Errorf("what git has makes %+v, %v", list, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Error("it makes a directory for nothing")
		}
		l.checkIn(t, 1+l.rnd.IntN(8))
		list, err := hub.WritePatches(t.Context(), root, dir)
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]bool{}
		for _, p := range list {
			told[p.Leaf.UUID] = true
			git := clonedGit(t, root)
			if p.Path != "" {
				runGit(t, git, "apply", "--3way", "--whitespace=nowarn", p.Path)
			}
			if got, want := onDisk(t, git), l.trees[p.Leaf.UUID]; !maps.Equal(got, want) {
				t.Errorf("git makes %.500q of %s, want %.500q", got, p.Path, want)
			}
		}
		repo := openTrunk(t, root)
		leaves, err := repo.Leaves(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		merged := map[string]bool{}
		for uuid := range l.trees {
			parents, err := repo.Parents(t.Context(), uuid)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range parents {
				merged[p] = true
			}
		}
		for _, leaf := range leaves {
			if _, work := l.trees[leaf.UUID]; work && !merged[leaf.UUID] && !told[leaf.UUID] {
				t.Errorf("leaf %.10s of %s has no patch", leaf.UUID, leaf.Branch)
			}
		}
	}
}

// forked is a workspace with a detached hub whose git has one of two forks of the base.
func forked(t *testing.T) (root string, fork fossil.CheckIn) {
	t.Helper()
	root = newWorkspace(t)
	if err := hub.Start(t.Context(), root, hub.WithDetach(true)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	repo := openTrunk(t, root)
	base, err := repo.Tip(t.Context(), fossil.Trunk)
	if err != nil {
		t.Fatal(err)
	}
	var applied fossil.CheckIn
	for _, ci := range []*fossil.CheckIn{&fork, &applied} {
		name := map[bool]string{true: "fork", false: "applied"}[ci == &fork]
		*ci, err = repo.Commit(t.Context(), fossil.Commit{
			User: "slot-a", Comment: name, Parent: base.UUID, Files: []fossil.File{{Name: name, Content: []byte(name)}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := repo.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, root, "applied", "applied", 0o644)
	commitAll(t, root, "apply")
	write(t, root, ".bones/last-applied", applied.UUID+"\n", 0o644)
	return root, fork
}

func TestAPatchOfAFork(t *testing.T) {
	root, fork := forked(t)
	dir := t.TempDir()
	seen := map[string]bool{}
	for range 3 {
		list, err := hub.WritePatches(t.Context(), root, dir)
		if err != nil || len(list) != 1 || list[0].Leaf.UUID != fork.UUID || list[0].CheckIns != 1 || list[0].Files != 1 {
			t.Fatalf("WritePatches = %+v, %v", list, err)
		}
		if info, err := os.Stat(list[0].Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		seen[list[0].Path] = true
	}
	t.Run("takes nothing back that git has", func(t *testing.T) {
		git := clonedGit(t, root)
		for path := range seen {
			runGit(t, git, "apply", "--3way", path)
			break
		}
		if tree := onDisk(t, git); tree["applied"] == "" || tree["fork"] == "" {
			t.Errorf("git has %q", tree)
		}
	})
	t.Run("overwrites none", func(t *testing.T) {
		if files, _ := os.ReadDir(dir); len(files) != 3 || len(seen) != 3 {
			t.Errorf("%d files, %d names", len(files), len(seen))
		}
	})
	t.Run("leaves nothing after an error", func(t *testing.T) {
		write(t, dir, "file", "", 0o644)
		if list, err := hub.WritePatches(t.Context(), root, filepath.Join(dir, "file")); err == nil || len(list) > 0 {
			t.Errorf("WritePatches into a file = %+v, %v", list, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 4 {
			t.Errorf("%d files", len(files))
		}
	})
}
