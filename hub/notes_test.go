package hub_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
)

// annotate makes a wiki page and an unversioned file in a repository, as a user that it has.
func annotate(t *testing.T, repository, user string) {
	t.Helper()
	bin, dir := peertest.Fossil(t), t.TempDir()
	write(t, dir, "page.md", "a plan\n", 0o644)
	runIn(t, dir, bin, "wiki", "create", "Plan", "page.md", "-R", repository, "--user", user)
	runIn(t, dir, bin, "uv", "add", "page.md", "--as", "kept.txt", "-R", repository, "--user", user)
}

// hasNotes says whether a repository has what annotate makes.
func hasNotes(t *testing.T, repository string) bool {
	t.Helper()
	r, err := fossil.Open(t.Context(), repository, fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	notes, err := r.Notes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(notes, func(n fossil.Note) bool { return n.Kind == fossil.NoteWiki && strings.HasSuffix(n.Name, "Plan") }) &&
		slices.ContainsFunc(notes, func(n fossil.Note) bool { return n.Kind == fossil.NoteUnversioned && n.Name == "kept.txt" })
}

// What git has no place for is in the copies too, comes back by each way, and no prune takes it.
func TestNotesComeBack(t *testing.T) {
	t.Parallel()
	peertest.Fossil(t)
	for name, c := range map[string]struct {
		way  hub.Way
		make func(t *testing.T, root string) // something new in the repository that took the place
	}{
		"in place of a seed": {hub.WayReplace, func(*testing.T, string) {}},
		"beside other work": {hub.WayBranch, func(t *testing.T, root string) {
			t.Helper()
			work(t, root)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			root := newWorkspace(t)
			d := bonesdir.At(root)
			l := newLot(t, root)
			h := startHub(t, root)
			annotate(t, d.Fossil(), "orchestrator")
			stopHub(t, h)
			if removed, err := hub.PruneRecovery(t.Context(), root); err != nil || len(removed) != 0 {
				t.Errorf("pruned %v, %v", removed, err)
			}
			l.wipe(t)
			c.make(t, root)
			list, err := hub.Recover(t.Context(), root)
			if err != nil || len(list) != 1 || len(list[0].Notes) != 2 || list[0].Way != c.way || list[0].Holds() != "2 notes" {
				t.Fatalf("Recover = %+v, %v", list, err)
			}
			done, err := hub.BringBack(t.Context(), root, list[0].Path)
			if err != nil || done.Notes != 2 || done.CheckIns != 0 {
				t.Errorf("BringBack = %+v, %v", done, err)
			}
			if !hasNotes(t, d.Fossil()) {
				t.Error("they are not in the repository")
			}
			if list, err := hub.Recover(t.Context(), root); err != nil || len(list) != 0 {
				t.Errorf("they are back, and Recover = %+v, %v", list, err)
			}
		})
	}
}

// A copy has them soon, also if nothing else happens, and a death leaves them in it.
func TestNotesAreCopiedWhileTheHubRuns(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	d := bonesdir.At(root)
	startHub(t, root)
	annotate(t, d.Fossil(), "orchestrator")
	within(t, time.Minute, "copied", func() bool {
		found, _ := filepath.Glob(filepath.Join(d.Recovery(), "*", "*.fossil"))
		return len(found) == 1 && hasNotes(t, found[0])
	})
}

// Notes that were not pushed are work of a slot.
func TestNotesOfASlotAreKept(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	joinSlot(t, root, "auth")
	clone := filepath.Join(bonesdir.At(root).Slot("auth"), bonesdir.SlotClone)
	annotate(t, clone, "slot")
	stopHub(t, h)
	stopHub(t, startHub(t, root))
	_, gone := os.Stat(clone)
	list, err := hub.Recover(t.Context(), root)
	if err != nil || gone != nil && !slices.ContainsFunc(list, func(r hub.Recoverable) bool { return r.Kind == "clone" && len(r.Notes) == 2 }) {
		t.Errorf("the clone: %v; saved: %+v, %v", gone, list, err)
	}
}
