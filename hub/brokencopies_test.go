package hub_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
)

// What a slot has stashed is saved at a stop, and its worktree is kept when it is removed.
func TestStashesOfSlotsAreKept(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	d := bonesdir.At(root)
	wt := joinSlot(t, root, "later")
	write(t, wt, "README.md", "put aside for later\n", 0o644)
	runIn(t, wt, "fossil", "stash", "save", "-m", "later")
	stopHub(t, h)
	if list := savedFiles(t, root); !slices.Equal(list["later"], []string{".fslckout"}) {
		t.Errorf("saved at the stop: %v", list)
	}
	stopHub(t, startHub(t, root))
	if _, err := os.Lstat(d.Slot("later")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the slot is there: %v", err)
	}
	moved, _ := filepath.Glob(filepath.Join(d.Recovery(), "later-*", ".fslckout"))
	if len(moved) != 1 {
		t.Errorf("kept: %v", moved)
	}
}

// savedFiles lists what Recover tells of worktrees.
func savedFiles(t *testing.T, root string) map[string][]string {
	t.Helper()
	list, err := hub.Recover(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	for _, r := range list {
		if r.Kind == "worktree" {
			files[r.Slot] = r.Files
		}
	}
	return files
}

// One saved worktree that is damaged, or has an impossible time, keeps no other from being told,
// brought back and removed, and stays.
func TestADamagedCopyKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	d := bonesdir.At(root)
	for _, slot := range []string{"bad", "good"} {
		write(t, joinSlot(t, root, slot), slot+".txt", slot, 0o644)
	}
	stopHub(t, h)
	found, _ := filepath.Glob(filepath.Join(d.Recovery(), "*", "trees", "bad-*"))
	if len(found) != 1 {
		t.Fatalf("saved: %v", found)
	}
	write(t, found[0], "edits.json", "{", 0o600)
	write(t, filepath.Join(d.Recovery(), "far-99999999999999"), "q", "q", 0o600)

	list, err := hub.Recover(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(list); err != nil {
		t.Error(err)
	}
	told := map[string]hub.Recoverable{}
	for _, r := range list {
		told[r.Slot] = r
	}
	if bad := told["bad"]; bad.Problem == "" || !slices.Equal(bad.Files, []string{"bad.txt"}) || bad.Path != found[0] {
		t.Errorf("bad: %+v", bad)
	}
	if good := told["good"]; good.Problem != "" || !slices.Equal(good.Files, []string{"good.txt"}) {
		t.Errorf("good: %+v", good)
	}
	if len(told["far"].Files) != 1 {
		t.Errorf("far: %+v", told["far"])
	}
	for _, slot := range []string{"bad", "good", "far"} {
		if n, err := hub.BringBackFiles(t.Context(), root, told[slot].Path, filepath.Join(t.TempDir(), "into")); err != nil || n != 1 {
			t.Errorf("%s: %d, %v", slot, n, err)
		}
	}
	write(t, found[0], "wt/bad.txt", "one\n", 0o600)
	if _, err := hub.PruneRecovery(t.Context(), root); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(found[0]); err != nil {
		t.Errorf("what cannot be read is gone: %v", err)
	}
	for _, f := range checkup.Run(t.Context(), root) {
		if f.Check == "recovery" && f.Grade == findings.GradeWarn && f.Text == "what was saved of slots cannot be read, or not all of it: "+filepath.Base(found[0]) {
			return
		}
	}
	t.Error("the checkup does not tell of it")
}
