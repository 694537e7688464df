package hub_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/peertest"
)

// joinSlot makes what `swarm join` leaves behind: a clone, a worktree, and the pid of
// a command that has ended.
func joinSlot(tb testing.TB, root, name string) (worktree string) {
	tb.Helper()
	bin := peertest.Fossil(tb)
	dir := bonesdir.At(root).Slot(name)
	worktree = filepath.Join(dir, "wt")
	if err := os.MkdirAll(worktree, 0o755); err != nil {
		tb.Fatal(err)
	}
	runIn(tb, dir, bin, "clone", "--admin-user", "slot", hub.FossilURL(root), "leaf.fossil")
	runIn(tb, worktree, bin, "open", "../leaf.fossil", "trunk")
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		tb.Fatal(err)
	}
	write(tb, dir, "leaf.pid", fmt.Sprintln(ended.Process.Pid), 0o644)
	return worktree
}

func runIn(tb testing.TB, dir, bin string, args ...string) {
	tb.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "FOSSIL_HOME="+os.Getenv("HOME"), "USER=slot")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %v: %v\n%s", bin, args, err, out)
	}
}

func TestStartKeepsWorkOfSlots(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	d := bonesdir.At(root)
	joinSlot(t, root, "clean")
	write(t, joinSlot(t, root, "dirty"), "README.md", "edited\n", 0o644)
	unpushed := joinSlot(t, root, "unpushed")
	write(t, unpushed, "new.txt", "new\n", 0o644)
	runIn(t, unpushed, "fossil", "settings", "autosync", "off")
	runIn(t, unpushed, "fossil", "add", "new.txt")
	runIn(t, unpushed, "fossil", "commit", "--no-warnings", "-m", "mine", "--user-override", "slot")
	for name, more := range map[string][]string{"reaped": nil, "ended": {"--close"}} {
		tree := joinSlot(t, root, name)
		write(t, tree, name+".txt", "new\n", 0o644)
		runIn(t, tree, "fossil", "settings", "autosync", "off")
		runIn(t, tree, "fossil", "add", name+".txt")
		runIn(t, tree, "fossil", append([]string{"commit", "--no-warnings", "-m", "mine", "--user-override", "slot"}, more...)...)
	}
	if err := os.RemoveAll(filepath.Join(d.Slot("reaped"), "wt")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(joinSlot(t, root, "pushed"), "..", "wt")); err != nil {
		t.Fatal(err)
	}
	joinSlot(t, root, "leased")
	putSession(t, h.Conn(), "leased", time.Now())
	stopHub(t, h)

	startHub(t, root)
	log := readFile(t, d.Log())
	for name, gone := range map[string]bool{"clean": true, "dirty": true, "unpushed": true, "reaped": true, "ended": true, "pushed": true, "leased": false} {
		if _, err := os.Lstat(d.Slot(name)); os.IsNotExist(err) != gone {
			t.Errorf("slot %s: %v, want gone: %t", name, err, gone)
		}
		saved, _ := filepath.Glob(filepath.Join(d.Recovery(), name+"-*.fossil"))
		if want := name == "dirty" || name == "unpushed" || name == "reaped" || name == "ended"; (len(saved) == 1) != want {
			t.Errorf("slot %s: saved %v, want saved: %t", name, saved, want)
		}
	}
	if !strings.Contains(log, "removed dead slot clean\"") || !strings.Contains(log, "removed dead slot dirty, its work is kept in") {
		t.Errorf("hub.log:\n%s", log)
	}
}

func TestLeaseWatcherReplacesTheReaper(t *testing.T) {
	root := newWorkspace(t)
	got := make(chan hub.LeaseWatcherInfo, 1)
	stopped := make(chan struct{})
	h := startHub(t, root, hub.WithLeaseWatcher(func(_ context.Context, info hub.LeaseWatcherInfo) (func(), error) {
		info.Logger.Infof("reaped stale slot %s", "x")
		got <- info
		return func() { close(stopped) }, nil
	}))
	info := <-got
	if info.WorkspaceDir != root || info.NATSURL != hub.NATSURL(root) {
		t.Errorf("info %+v", info)
	}
	stopHub(t, h)
	select {
	case <-stopped:
	default:
		t.Error("the watcher was not stopped")
	}
	log := readFile(t, hub.LogPath(root))
	if at, end := strings.Index(log, "hub: reaped stale slot x"), strings.Index(log, "hub: stopped"); at < 0 || end < at {
		t.Errorf("hub.log:\n%s", log)
	}
}
