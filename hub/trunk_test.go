package hub_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/peertest"
)

// A file is kept elsewhere if it is so under its name: content that the repository has under
// another name, or had before the check-out, is work.
func TestMovedAndPutBackFilesAreWork(t *testing.T) {
	t.Parallel()
	bin := peertest.Fossil(t)
	edits := map[string]func(t *testing.T, tree string){
		"moved": func(t *testing.T, tree string) {
			t.Helper()
			runIn(t, tree, bin, "mv", "--hard", "README.md", "moved.txt")
		},
		"copied": func(t *testing.T, tree string) {
			t.Helper()
			copyTo(t, tree, "README.md", "copied.txt")
		},
		"swapped": func(t *testing.T, tree string) {
			t.Helper()
			copyTo(t, tree, "README.md", "kept")
			copyTo(t, tree, "run.sh", "README.md")
			if err := os.Rename(filepath.Join(tree, "kept"), filepath.Join(tree, "run.sh")); err != nil {
				t.Fatal(err)
			}
		},
		"empty": func(t *testing.T, tree string) {
			t.Helper()
			write(t, tree, "new/__init__.py", "", 0o644)
		},
		"put back": func(t *testing.T, tree string) {
			t.Helper()
			write(t, tree, "old.txt", "one\n", 0o644)
		},
	}
	root := newWorkspace(t)
	write(t, root, "nothing", "", 0o644)
	write(t, root, "old.txt", "one\n", 0o644)
	commitAll(t, root, "one")
	stopHub(t, startHub(t, root))
	write(t, root, "old.txt", "two\n", 0o644)
	commitAll(t, root, "two")
	h := startHub(t, root)
	for name, edit := range edits {
		edit(t, joinSlot(t, root, name))
	}
	stopHub(t, h)
	d := bonesdir.At(root)
	if err := os.RemoveAll(d.Swarm()); err != nil {
		t.Fatal(err)
	}
	if removed, err := hub.PruneRecovery(t.Context(), root); err != nil || len(removed) > 0 {
		t.Errorf("PruneRecovery = %v, %v", removed, err)
	}
	stopHub(t, startHub(t, root)) // and a start takes nothing either
	list, err := hub.Recover(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for name := range edits {
		if !slices.ContainsFunc(list, func(r hub.Recoverable) bool { return r.Slot == name && len(r.Files) > 0 }) {
			t.Errorf("what slot %s has is not listed", name)
		}
	}
}

func copyTo(t *testing.T, dir, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, from))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, to, string(text), 0o644)
}
