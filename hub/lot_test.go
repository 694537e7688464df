//go:build linux

package hub_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
)

// lot is what agents have done in a workspace, and may not be lost.
type lot struct {
	root  string
	rnd   *rand.Rand
	trees map[string]map[string]string // check-in -> file -> mode and content
	edits map[string]map[string]string // slot -> file -> mode and content, "" if it was deleted
}

func newLot(t *testing.T, root string) *lot {
	t.Helper()
	seed := rand.Uint64()
	t.Log("seed", seed)
	return &lot{root: root, rnd: rand.New(rand.NewPCG(seed, 2)), trees: map[string]map[string]string{}, edits: map[string]map[string]string{}}
}

func (l *lot) bytes() string {
	b := make([]byte, l.rnd.IntN(5000))
	for i := range b {
		b[i] = byte(l.rnd.IntN(256))
	}
	return string(b)
}

// checkIn makes n check-ins, some of them on branches, as forks and as merges.
func (l *lot) checkIn(t *testing.T, n int) {
	t.Helper()
	r := openTrunk(t, l.root)
	for range n {
		known, err := r.Timeline(t.Context(), fossil.TimelineOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c := fossil.Commit{
			Branch: fossil.Trunk, User: "slot-a", Comment: fmt.Sprint("work ", l.rnd.Int()), AllowEmpty: true,
			Files: []fossil.File{{Name: fmt.Sprint("f", l.rnd.IntN(9)), Content: []byte(l.bytes()), Perm: fossil.Perm(l.rnd.IntN(2))}},
		}
		switch l.rnd.IntN(6) {
		case 0:
			c.Parent = known[l.rnd.IntN(len(known))].UUID
		case 1:
			c.Branch = fmt.Sprint("b", l.rnd.IntN(3))
			c.Parent = known[0].UUID
		case 2:
			c.Merge = []string{known[l.rnd.IntN(len(known))].UUID}
		}
		ci, err := r.Commit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		l.trees[ci.UUID] = treeOf(t, r, ci.UUID)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func treeOf(t *testing.T, r *fossil.Repo, rev string) map[string]string {
	t.Helper()
	files, err := r.Files(t.Context(), rev)
	if err != nil {
		t.Fatal(err)
	}
	tree := map[string]string{}
	for _, f := range files {
		content, err := r.Content(t.Context(), f.UUID)
		if err != nil {
			t.Fatal(err)
		}
		tree[f.Name] = fmt.Sprint(f.Perm, " ", string(content))
	}
	return tree
}

// edit makes a slot whose worktree has edits that are nowhere else.
func (l *lot) edit(t *testing.T, slot string) {
	t.Helper()
	wt := joinSlot(t, l.root, slot)
	made := map[string]string{}
	for i := range 1 + l.rnd.IntN(4) {
		name, content, mode := fmt.Sprintf("new %d/f%d", i, l.rnd.IntN(9)), "x"+l.bytes(), []os.FileMode{0o644, 0o755}[l.rnd.IntN(2)]
		write(t, wt, name, content, mode)
		made[name] = fmt.Sprint(mode&0o100 != 0, content)
	}
	write(t, wt, "README.md", "edited "+l.bytes(), 0o644)
	made["README.md"] = fmt.Sprint(false, readFile(t, filepath.Join(wt, "README.md")))
	if err := errors.Join(os.Symlink("to/"+slot, filepath.Join(wt, "a link")), os.Remove(filepath.Join(wt, "docs/na me.md"))); err != nil {
		t.Fatal(err)
	}
	made["a link"], made["docs/na me.md"] = "to/"+slot, ""
	l.edits[slot] = made
}

// isKept reports whether the copies have all of it, looking at them as they are.
func (l *lot) isKept(t *testing.T) bool {
	t.Helper()
	d := bonesdir.At(l.root)
	found, err := copies.Repositories(d)
	if err != nil {
		t.Fatal(err)
	}
	left := len(l.trees)
	for uuid := range l.trees {
		for _, c := range found {
			if c.Kind != copies.OfRun {
				continue
			}
			r, err := fossil.Open(t.Context(), c.Path, fossil.ReadOnly, fossil.WithoutCheck())
			if err != nil {
				continue // it is just being written
			}
			_, err = r.Resolve(t.Context(), uuid)
			_ = r.Close()
			if err == nil {
				left--
				break
			}
		}
	}
	trees, err := copies.Trees(t.Context(), d)
	return err == nil && left == 0 && len(trees) >= len(l.edits)
}

// wipe has the reference start.
func (l *lot) wipe(t *testing.T) {
	t.Helper()
	wipe(t, l.root)
	for slot := range l.edits {
		if _, err := os.Lstat(bonesdir.At(l.root).Slot(slot)); err == nil {
			t.Fatalf("slot %s is still there", slot)
		}
	}
}

// recovered has everything shown and brought back, and compares it.
func (l *lot) recovered(t *testing.T) {
	t.Helper()
	list, err := hub.Recover(t.Context(), l.root)
	if err != nil {
		t.Fatal(err)
	}
	shown := l.here(t)
	files := map[string]bool{}
	for _, r := range list {
		if r.Problem != "" {
			t.Errorf("%s: %s", r.Path, r.Problem)
		}
		for _, ci := range r.CheckIns {
			shown[ci.UUID] = true
		}
		if r.Kind != "worktree" {
			continue
		}
		into := filepath.Join(t.TempDir(), "back")
		if _, err := hub.BringBackFiles(t.Context(), l.root, r.Path, into); err != nil {
			t.Fatal(err)
		}
		for name, want := range l.edits[r.Slot] {
			if got, ok := editOf(t, into, name); want == "" && !ok && slices.Contains(r.Files, name) || ok && got == want {
				files[r.Slot+" "+name] = true
			}
		}
	}
	for uuid := range l.trees {
		if !shown[uuid] {
			t.Errorf("check-in %.10s is not shown", uuid)
		}
	}
	for slot, edits := range l.edits {
		for name := range edits {
			if !files[slot+" "+name] {
				t.Errorf("file %s of slot %s does not come back", name, slot)
			}
		}
	}
	if t.Failed() {
		t.Logf("%+v", list)
	}
	l.bringBack(t, list)
}

// here names the check-ins that the repository has.
func (l *lot) here(t *testing.T) map[string]bool {
	t.Helper()
	repo := openTrunk(t, l.root)
	all, err := repo.Timeline(t.Context(), fossil.TimelineOptions{})
	if err = errors.Join(err, repo.Close()); err != nil {
		t.Fatal(err)
	}
	here := map[string]bool{}
	for _, ci := range all {
		here[ci.UUID] = true
	}
	return here
}

// bringBack brings back every copy and looks for each check-in, or one that stands for it.
func (l *lot) bringBack(t *testing.T, list []hub.Recoverable) {
	t.Helper()
	first := true
	for _, r := range list {
		if r.Kind == "worktree" {
			continue
		}
		if patches, err := hub.WriteRecoveryPatches(t.Context(), l.root, r.Path, t.TempDir()); err != nil || len(patches) == 0 {
			t.Errorf("%s: patches %+v, %v", r.Path, patches, err)
		}
		done, err := hub.BringBack(t.Context(), l.root, r.Path)
		if err != nil {
			t.Fatalf("%s: %+v, %v", r.Path, done, err)
		}
		if first && (done.Replaced != (r.Way == hub.WayReplace) || (done.Branch != "") != (r.Way == hub.WayBranch)) {
			t.Errorf("%s comes back as %+v, and says %q", r.Path, done, r.Way)
		}
		first = false // the way of the others may be another one now
	}
	repo := openTrunk(t, l.root)
	all, err := repo.Timeline(t.Context(), fossil.TimelineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	here := map[string]string{}
	for _, ci := range all {
		here[ci.UUID] = ci.UUID
		if old, ok := strings.CutPrefix(ci.Comment, "recovered "); ok {
			old, _, _ = strings.Cut(old, " ")
			here[old] = ci.UUID
		}
	}
	for uuid, want := range l.trees {
		if here[uuid] == "" {
			t.Errorf("check-in %.10s is not back", uuid)
		} else if got := treeOf(t, repo, here[uuid]); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the tree of %.10s is another one", uuid)
		}
	}
	if err := repo.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := hub.Recover(t.Context(), l.root)
	for _, r := range again {
		if r.Kind != "worktree" || err != nil {
			t.Errorf("after all that Recover finds %+v, %v", r, err)
		}
	}
	l.sound(t)
}

// sound has the fossil program judge the repository.
func (l *lot) sound(t *testing.T) {
	t.Helper()
	twin := filepath.Join(t.TempDir(), "twin.fossil")
	if err := os.WriteFile(twin, []byte(readFile(t, hub.HubFossilPath(l.root))), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"test-integrity", "-R", twin}, {"rebuild", twin}, {"test-integrity", "-R", twin}} {
		out, err := exec.Command("fossil", args...).CombinedOutput()
		if err != nil || args[0] == "test-integrity" && !strings.Contains(string(out), " 0 errors") {
			t.Errorf("fossil %s: %v\n%s", args, err, out)
		}
	}
}

// editOf returns a file as edit describes it.
func editOf(t *testing.T, dir, name string) (string, bool) {
	t.Helper()
	path := filepath.Join(dir, name)
	info, err := os.Lstat(path)
	if err != nil {
		return "", false
	}
	if info.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return target, err == nil
	}
	return fmt.Sprint(info.Mode()&0o100 != 0, readFile(t, path)), true
}

// dies has a hub and its family killed after some work.
func (l *lot) dies(t *testing.T) {
	t.Helper()
	p := spawnHub(t, l.root, "")
	if !awaitHub(t, l.root, 20*time.Second) {
		t.Fatal("the hub is not ready")
	}
	l.checkIn(t, 1+l.rnd.IntN(12))
	l.edit(t, "a")
	within(t, 60*time.Second, "kept", func() bool { return l.isKept(t) })
	l.kill(t, p)
}
