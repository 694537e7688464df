package hub_test

import (
	"errors"
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
	"bones-tui/hub/internal/peertest"
)

// openTrunk opens the repository of a workspace whose hub is down.
func openTrunk(tb testing.TB, root string) *fossil.Repo {
	tb.Helper()
	r, err := fossil.Open(tb.Context(), hub.HubFossilPath(root), fossil.ReadWrite)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = r.Close() })
	return r
}

// work checks in what an agent did, while the hub is down.
func work(tb testing.TB, root string) fossil.CheckIn {
	tb.Helper()
	r := openTrunk(tb, root)
	ci, err := r.Commit(tb.Context(), fossil.Commit{
		Branch: fossil.Trunk, User: "slot-a", Comment: "work", Time: time.Now(),
		Files: []fossil.File{{Name: "work.txt", Content: []byte(time.Now().String())}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	if err := r.Close(); err != nil {
		tb.Fatal(err)
	}
	return ci
}

func TestSeedTakesWhatItCan(t *testing.T) {
	root := newWorkspace(t)
	write(t, root, "deleted", "x", 0o644)
	write(t, root, `back\slash`, "x", 0o644)
	commitAll(t, root, "more")
	if err := os.Remove(filepath.Join(root, "deleted")); err != nil {
		t.Fatal(err)
	}
	h := startHub(t, root)
	tip := statusOf(t, h).Fossil.Tip
	stopHub(t, h)
	files, err := openTrunk(t, root).Files(t.Context(), tip.UUID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]fossil.Perm{}
	for _, f := range files {
		got[f.Name] = f.Perm
	}
	for name, perm := range map[string]fossil.Perm{
		"README.md": fossil.Regular, "empty": fossil.Regular, "docs/na me.md": fossil.Regular,
		"src/grüße.txt": fossil.Regular, "run.sh": fossil.Exec, "link": fossil.Symlink,
	} {
		if p, ok := got[name]; !ok || p != perm {
			t.Errorf("%s: %v, %t, want %v", name, p, ok, perm)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d files: %v", len(got), got)
	}
	for _, left := range []string{
		`hub: 1 tracked file not seeded: deleted in the working tree; the first is "deleted"`,
		`hub: 1 tracked file not seeded: with a name that Fossil cannot hold; the first is "back\\slash"`,
	} {
		if n := toldTimes(t, root, left); n != 1 {
			t.Errorf("hub.log says %d times: %s", n, left)
		}
	}
}

// toldTimes counts the entries of hub.log with this message.
func toldTimes(tb testing.TB, root, message string) (n int) {
	tb.Helper()
	for _, e := range entries(tb, hub.LogPath(root)) {
		if e.Msg == message {
			n++
		}
	}
	return n
}

func TestUnappliedCheckInsKeepTrunk(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	ci := work(t, root)
	write(t, root, "new.txt", "new\n", 0o644)
	commitAll(t, root, "second")

	h := startHub(t, root)
	st := statusOf(t, h)
	if st.Fossil.Tip.UUID != ci.UUID || *st.Fossil.Unapplied != 1 {
		t.Errorf("tip %v, unapplied %d", st.Fossil.Tip, *st.Fossil.Unapplied)
	}
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, "trunk has 1 unapplied check-in;") {
		t.Errorf("hub.log:\n%s", log)
	}
	stopHub(t, h)

	write(t, root, ".bones/last-applied", ci.UUID+"\n", 0o644) // git has it now
	if st := statusOf(t, startHub(t, root)); !strings.HasPrefix(st.Fossil.Tip.Comment, "session base: ") || *st.Fossil.CheckIns != 3 {
		t.Errorf("tip %v of %d check-ins, want a new base on top", st.Fossil.Tip, *st.Fossil.CheckIns)
	}
}

func TestJunkInLastAppliedIsIgnored(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	ci := work(t, root)
	for _, junk := range []string{"", "HEAD\n", strings.Repeat("z", 40), strings.Repeat("a", 41), strings.Repeat("a", 40)} {
		write(t, root, ".bones/last-applied", junk, 0o644)
		h := startHub(t, root)
		if st := statusOf(t, h); st.Fossil.Tip.UUID != ci.UUID || st.Fossil.Unapplied == nil || *st.Fossil.Unapplied != 1 {
			t.Errorf("last-applied %q: %+v", junk, st.Fossil)
		}
		stopHub(t, h)
	}
}

func TestStartWithoutGitServesWhatIsThere(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	tip := statusOf(t, h).Fossil.Tip.UUID
	stopHub(t, h)
	if err := os.RemoveAll(filepath.Join(root, ".git")); err != nil {
		t.Fatal(err)
	}
	if st := statusOf(t, startHub(t, root)); st.Fossil.Tip.UUID != tip {
		t.Errorf("tip %v, want %s", st.Fossil.Tip, tip)
	}
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, "git is not readable") {
		t.Error("hub.log is silent")
	}
}

func TestFossilBinaryReadsTheLiveRepository(t *testing.T) {
	bin := peertest.Fossil(t)
	root := newWorkspace(t)
	startHub(t, root)
	out, err := exec.Command(bin, "info", "-R", hub.HubFossilPath(root)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "session base: ") && !strings.Contains(string(out), "check-ins:") {
		t.Errorf("%v\n%s", err, out)
	}
	runIn(t, t.TempDir(), bin, "clone", hub.FossilURL(root), "c.fossil")
}

func TestReseedArchives(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	before := statusOf(t, h).Fossil
	if _, err := hub.Reseed(t.Context(), root); !errors.Is(err, hub.ErrRunning) {
		t.Errorf("Reseed of a running hub = %v", err)
	}
	stopHub(t, h)
	ci := work(t, root)

	done, err := hub.Reseed(t.Context(), root)
	if err != nil || done.Unapplied != 1 || done.Files == 0 || done.Base == "" {
		t.Fatalf("Reseed = %+v, %v", done, err)
	}
	old, err := fossil.Open(t.Context(), done.Archive, fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if tip, err := old.Tip(t.Context(), fossil.Trunk); err != nil || tip.UUID != ci.UUID || old.ProjectCode() != before.ProjectCode {
		t.Errorf("the archive ends in %v, %v", tip, err)
	}
	after := statusOf(t, startHub(t, root)).Fossil
	if after.ProjectCode == before.ProjectCode || *after.CheckIns != 1 || *after.Unapplied != 0 {
		t.Errorf("after the reseed: %+v", after)
	}
	names := stateFiles(t, root)
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".new") }) {
		t.Errorf("litter: %v", names)
	}
}

func TestFailedReseedChangesNothing(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	before := statusOf(t, h).Fossil
	stopHub(t, h)
	names := stateFiles(t, root)
	if err := os.Rename(filepath.Join(root, ".git"), filepath.Join(root, "git")); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Reseed(t.Context(), root); !errors.Is(err, hub.ErrSeedPrecondition) {
		t.Errorf("Reseed = %v", err)
	}
	if got := stateFiles(t, root); !slices.Equal(got, names) {
		t.Errorf("files %v became %v", names, got)
	}
	if after := statusOf(t, startHub(t, root)).Fossil; after.ProjectCode != before.ProjectCode {
		t.Error("the repository is another one")
	}
}

// A file cannot be moved to where a directory is, nor can one that is not there.
func TestReplaceThatFailsPutsTheOldRepositoryBack(t *testing.T) {
	for name, hinder := range map[string]func(t *testing.T, dir string){
		"no fresh one": func(*testing.T, string) {},
		"shared memory cannot go": func(t *testing.T, dir string) {
			t.Helper()
			write(t, dir, "new", "fresh", 0o600)
			occupyArchives(t, dir, "-shm")
		},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "hub.fossil")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			write(t, dir, "hub.fossil"+suffix, "old"+suffix, 0o600)
		}
		hinder(t, dir)
		if moved, err := hub.Replace(path, filepath.Join(dir, "new")); err == nil {
			t.Errorf("%s: no error, moved to %q", name, moved)
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if b, err := os.ReadFile(path + suffix); err != nil || string(b) != "old"+suffix {
				t.Errorf("%s: hub.fossil%s is %q, %v", name, suffix, b, err)
			}
		}
	}
}

// A second archive of one second gets a name of its own.
func TestReplaceTwiceInASecond(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hub.fossil")
	write(t, dir, "hub.fossil", "old", 0o600)
	write(t, dir, "new", "fresh", 0o600)
	occupyArchives(t, dir, "")
	moved, err := hub.Replace(path, filepath.Join(dir, "new"))
	if err != nil || readFile(t, moved) != "old" || readFile(t, path) != "fresh" {
		t.Errorf("moved to %q, %v", moved, err)
	}
}

// occupyArchives makes directories where the archives of the next minute would go.
func occupyArchives(t *testing.T, dir, suffix string) {
	t.Helper()
	for now, i := time.Now().UTC(), 0; i < 60; i++ {
		name := "hub-" + now.Add(time.Duration(i)*time.Second).Format("20060102T150405Z") + ".fossil" + suffix
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func stateFiles(tb testing.TB, root string) (names []string) {
	tb.Helper()
	list, err := os.ReadDir(bonesdir.At(root).State)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
