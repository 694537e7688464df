//go:build linux

package hub_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

func TestWhatAStopLeftComesBack(t *testing.T) {
	t.Parallel()
	for range rounds(1, 200) {
		root := newWorkspace(t)
		l := newLot(t, root)
		h := startHub(t, root)
		l.checkIn(t, 1+l.rnd.IntN(12))
		l.edit(t, "a")
		l.edit(t, "b")
		stopHub(t, h)
		if !l.isKept(t) {
			t.Error("the stop left no copy")
		}
		l.wipe(t)
		l.recovered(t)
	}
}

// Hub and keeper are killed at once, when a copy is there.
func TestWhatADeathLeftComesBack(t *testing.T) {
	t.Parallel()
	for range rounds(1, 50) {
		root := newWorkspace(t)
		l := newLot(t, root)
		l.dies(t)
		l.wipe(t)
		l.recovered(t)
	}
}

// TestTwoRoundsComeBack has the second start of the reference empty a repository with work
// in it that had been brought back to nobody.
func TestTwoRoundsComeBack(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	l := newLot(t, root)
	h := startHub(t, root)
	l.checkIn(t, 5)
	l.edit(t, "a")
	stopHub(t, h)
	l.wipe(t)

	h = startHub(t, root)
	l.checkIn(t, 5)
	l.edit(t, "b")
	stopHub(t, h)
	l.wipe(t)
	l.recovered(t)
}

// TestWorkIsBroughtBackBesideOther has something new in the repository: the old comes as a
// branch, with the tree that it had.
func TestWorkIsBroughtBackBesideOther(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	l := newLot(t, root)
	h := startHub(t, root)
	l.checkIn(t, 8)
	stopHub(t, h)
	l.wipe(t)
	h = startHub(t, root)
	l.checkIn(t, 2)
	stopHub(t, h)
	if _, err := hub.BringBack(t.Context(), root, "elsewhere"); !errors.Is(err, hub.ErrNoCopy) {
		t.Error(err)
	}
	l.recovered(t)
}

func TestRecoverRefusesBesideAHub(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	startHub(t, root)
	for what, do := range map[string]func() error{
		"list":  func() error { _, err := hub.Recover(t.Context(), root); return err },
		"bring": func() error { _, err := hub.BringBack(t.Context(), root, "x"); return err },
		"patch": func() error {
			_, err := hub.WriteRecoveryPatch(t.Context(), root, "x", "", &strings.Builder{})
			return err
		},
		"patches": func() error {
			_, err := hub.WriteRecoveryPatches(t.Context(), root, "x", t.TempDir())
			return err
		},
	} {
		if err := do(); !errors.Is(err, hub.ErrRunning) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestACopyIsThereSoonAfterACheckIn pushes as an agent does.
func TestACopyIsThereSoonAfterACheckIn(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	l := newLot(t, root)
	h := startHub(t, root)
	for i := range 3 {
		ci := pushOne(t, root, fmt.Sprint("f", i))
		l.trees[ci.UUID] = nil
		begun := time.Now()
		within(t, 10*time.Second, "kept", func() bool { return l.isKept(t) })
		t.Logf("check-in %d was in the copy after %s", i, time.Since(begun).Round(time.Millisecond))
	}
	checkLinks(t, root)
	stopHub(t, h)
	homes, _ := os.ReadDir(bonesdir.At(root).Recovery())
	if len(homes) != 1 {
		t.Errorf("%d runs", len(homes))
	}
	h = startHub(t, root) // and the next run goes on with it
	ci := pushOne(t, root, "more")
	l.trees[ci.UUID] = nil
	within(t, 10*time.Second, "kept", func() bool { return l.isKept(t) })
	stopHub(t, h)
	if homes, _ := os.ReadDir(bonesdir.At(root).Recovery()); len(homes) != 1 {
		t.Errorf("%d runs after the second", len(homes))
	}
	checkLinks(t, root)
}

// checkLinks has no second name on the repository, of which stock fossil would complain.
func checkLinks(t *testing.T, root string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		var st syscall.Stat_t
		if err := syscall.Lstat(hub.HubFossilPath(root)+suffix, &st); err == nil && st.Nlink != 1 {
			t.Errorf("hub.fossil%s has %d names", suffix, st.Nlink)
		}
	}
	out, err := exec.Command("fossil", "timeline", "-R", hub.HubFossilPath(root), "-n", "1").CombinedOutput()
	if err != nil || strings.Contains(string(out), "multiple links") {
		t.Errorf("fossil says %v\n%s", err, out)
	}
}

// pushOne checks in as an agent: from a clone, over HTTP.
func pushOne(t *testing.T, root, name string) fossil.CheckIn {
	t.Helper()
	over := fossil.NewHTTPTransport(hub.FossilURL(root))
	clone, err := fossil.Clone(t.Context(), filepath.Join(t.TempDir(), "c.fossil"), over, fossil.CloneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer clone.Close()
	ci, err := clone.Commit(t.Context(), fossil.Commit{User: "slot-a", Comment: name, Files: []fossil.File{{Name: name, Content: []byte(name)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clone.Push(context.Background(), over, fossil.SyncOptions{}); err != nil {
		t.Fatal(err)
	}
	return ci
}

// TestPruneNeverTakesTheOnlyCopy has git receive a part, and then all.
func TestPruneNeverTakesTheOnlyCopy(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	l := newLot(t, root)
	stopHub(t, startHub(t, root))
	first := work(t, root)
	second := work(t, root)
	l.trees[first.UUID], l.trees[second.UUID] = nil, nil
	for applied, kept := range map[string]bool{"": true, first.UUID: true} {
		write(t, root, ".bones/last-applied", applied+"\n", 0o644)
		stopHub(t, startHub(t, root))
		if l.isKept(t) != kept {
			t.Errorf("with %.10q applied the copy is kept: %t", applied, !kept)
		}
	}
	write(t, root, ".bones/last-applied", second.UUID+"\n", 0o644)
	stopHub(t, startHub(t, root))
	if homes, _ := os.ReadDir(bonesdir.At(root).Recovery()); len(homes) != 0 {
		t.Errorf("git has everything, and these are kept: %v", homes)
	}
}
