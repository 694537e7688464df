package slots_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/slots"
)

const deadPID = 1<<22 - 7

// tree makes a slot whose process is gone and whose worktree has files.
func (h *hub) tree(slot string) {
	h.t.Helper()
	h.pid(slot, deadPID, time.Hour)
	h.write("swarm/"+slot+"/log", "x\n")
	h.write("swarm/"+slot+"/leaf.fossil", "clone")
	h.write("swarm/"+slot+"/leaf.fossil-wal", "wal")
	h.write("swarm/"+slot+"/wt/.fslckout", "checkout")
	h.write("swarm/"+slot+"/wt/deep/er/file.txt", "work")
	h.write("swarm/"+slot+"/wt/run.sh", "#!/bin/sh")
	wt := filepath.Join(h.root, ".bones", "swarm", slot, "wt")
	if err := os.Chmod(filepath.Join(wt, "run.sh"), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Symlink("deep/er/file.txt", filepath.Join(wt, "link")); err != nil {
		h.t.Fatal(err)
	}
}

// listing describes every file below dir.
func listing(tb testing.TB, dir string) string {
	tb.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		b.WriteString(rel + " " + info.Mode().String())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.WriteString(" " + string(text))
		}
		b.WriteString("\n")
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func clean(context.Context, string) (bool, error)  { return true, nil }
func dirty(context.Context, string) (bool, error)  { return false, nil }
func broken(context.Context, string) (bool, error) { return true, errors.New("database is locked") }

func TestPruneSavesWork(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]slots.CleanFunc{"nobody can tell": nil, "dirty": dirty, "the check fails": broken} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.tree("a")
			want := listing(t, filepath.Join(h.root, ".bones/swarm/a/wt"))
			at := time.Unix(1_800_000_000, 0)
			h.write("recovery/a-1800000000/older", "work") // its name is taken

			done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: check, Now: func() time.Time { return at }}.Prune(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			saved := filepath.Join(h.root, ".bones/recovery/a-1800000001")
			if !slices.Equal(done.Removed, []string{"a"}) || !maps.Equal(done.Saved, map[string]string{"a": saved}) {
				t.Errorf("pruned %+v", done)
			}
			if got := listing(t, saved); got != want {
				t.Errorf("saved\n%s\nwant\n%s", got, want)
			}
			for suffix, text := range map[string]string{".fossil": "clone", ".fossil-wal": "wal"} {
				if got, err := os.ReadFile(saved + suffix); err != nil || string(got) != text {
					t.Errorf("clone's %s is %q, %v", suffix, got, err)
				}
			}
			if h.exists("swarm/a") || !h.exists("recovery/a-1800000000/older") {
				t.Error("the slot stays, or an older recovery is gone")
			}
		})
	}
}

// A reaped slot has lost its worktree, and its clone may hold what was never pushed.
func TestPruneSavesACloneWithoutAWorktree(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]slots.CleanFunc{"nobody can tell": nil, "dirty": dirty, "the check fails": broken} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.pid("reaped", deadPID, time.Hour)
			h.write("swarm/reaped/leaf.fossil", "clone")
			h.write("swarm/reaped/leaf.fossil-wal", "wal")
			at := time.Unix(1_800_000_000, 0)
			h.write("recovery/reaped-1800000000.fossil", "older")

			done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: check, Now: func() time.Time { return at }}.Prune(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			saved := filepath.Join(h.root, ".bones/recovery/reaped-1800000001.fossil")
			if !maps.Equal(done.Saved, map[string]string{"reaped": saved}) || h.exists("swarm/reaped") {
				t.Errorf("pruned %+v", done)
			}
			for path, text := range map[string]string{
				saved: "clone", saved + "-wal": "wal", filepath.Join(h.root, ".bones/recovery/reaped-1800000000.fossil"): "older",
			} {
				if got, err := os.ReadFile(path); err != nil || string(got) != text {
					t.Errorf("%s is %q, %v", path, got, err)
				}
			}
		})
	}
}

func TestPruneRemovesCleanSlots(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.tree("clean")
	h.pid("bare", deadPID, time.Hour)
	h.pid("empty", deadPID, time.Hour)
	if err := os.Mkdir(filepath.Join(h.root, ".bones/swarm/empty/wt"), 0o755); err != nil {
		t.Fatal(err)
	}
	asked := []string{}
	check := func(_ context.Context, dir string) (bool, error) {
		asked = append(asked, filepath.Base(dir))
		return true, nil
	}
	done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: check}.Prune(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"bare", "clean", "empty"}; !slices.Equal(done.Removed, want) || len(done.Saved) != 0 {
		t.Errorf("pruned %+v, want %v and nothing saved", done, want)
	}
	if !slices.Equal(asked, []string{"clean"}) {
		t.Errorf("asked about %v; only one has files", asked)
	}
	if h.exists("swarm/clean") || h.exists("swarm/bare") || h.exists("swarm/empty") || h.exists("recovery") {
		t.Error("something stays")
	}
}

func TestPruneSparesWhatIsNotOver(t *testing.T) {
	t.Parallel()
	h, here := newHub(t), hostname(t)
	for _, slot := range []string{"fresh", "stale", "elsewhere", "old-words", "garbled", "no-pid", "bad-pid", "working", "over", "closed"} {
		h.tree(slot)
	}
	h.session("fresh", here, 0)
	h.session("stale", here, 299*time.Second)
	h.session("elsewhere", "box-2", 0)
	h.session("old-words", here, time.Hour) // but written just now
	h.put(slots.BucketSessions, "garbled", "{")
	h.session("closed", here, 0)
	h.remove(slots.BucketSessions, "closed")
	if err := os.Remove(filepath.Join(h.root, ".bones/swarm/no-pid/leaf.pid")); err != nil {
		t.Fatal(err)
	}
	h.write("swarm/bad-pid/leaf.pid", "x")
	h.pid("working", os.Getpid(), 0)

	done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: clean}.Prune(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"closed", "over"}; !slices.Equal(done.Removed, want) {
		t.Errorf("removed %v, want %v", done.Removed, want)
	}
}

func TestPruneRemovesExpiredRecordsSlots(t *testing.T) {
	t.Parallel()
	h := bare(t)
	h.bucket(slots.BucketSessions, 0) // somebody's bucket that evicts nothing
	h.tree("a")
	h.session("a", hostname(t), 0)
	for _, c := range []struct {
		later time.Duration
		want  int
	}{{290 * time.Second, 0}, {310 * time.Second, 1}} {
		now := time.Now().Add(c.later)
		done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: clean, Now: func() time.Time { return now }}.Prune(t.Context())
		if err != nil || len(done.Removed) != c.want {
			t.Errorf("%v later: removed %v, %v; want %d", c.later, done.Removed, err, c.want)
		}
	}
}

func TestPruneWithoutSessionsTouchesNothing(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(t *testing.T) *hub{
		"no connection": func(t *testing.T) *hub { t.Helper(); return &hub{t: t, root: t.TempDir()} },
		"no bucket":     func(t *testing.T) *hub { t.Helper(); return bare(t) },
		"no server": func(t *testing.T) *hub {
			t.Helper()
			h := newHub(t)
			halt(h.server)
			return h
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := make(t)
			h.tree("a")
			before := listing(t, h.root)
			done, err := slots.Pruner{Root: h.root, Conn: h.nc}.Prune(t.Context())
			if err == nil || len(done.Removed) != 0 {
				t.Errorf("pruned %+v, %v; want an error", done, err)
			}
			if listing(t, h.root) != before {
				t.Error("something changed")
			}
		})
	}
}

func TestPruneKeepsWhatCannotBeSaved(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.tree("a")
	h.pid("b", deadPID, time.Hour)
	h.write("recovery", "a file in the way")
	before := listing(t, filepath.Join(h.root, ".bones/swarm/a"))
	done, err := slots.Pruner{Root: h.root, Conn: h.nc}.Prune(t.Context())
	if err == nil || !strings.Contains(err.Error(), "prune a:") || len(done.Saved) != 0 {
		t.Errorf("pruned %+v, %v; want an error for a", done, err)
	}
	if !slices.Equal(done.Removed, []string{"b"}) {
		t.Errorf("removed %v, want b in spite of a", done.Removed)
	}
	if listing(t, filepath.Join(h.root, ".bones/swarm/a")) != before {
		t.Error("a changed")
	}
}

// An agent may join again while its worktree is being checked.
func TestPruneAsksAgainAfterTheCheck(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.tree("a")
	before := listing(t, h.root)
	check := func(context.Context, string) (bool, error) {
		h.session("a", "box-2", 0)
		return true, nil
	}
	done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: check}.Prune(t.Context())
	if err != nil || len(done.Removed) != 0 || listing(t, h.root) != before {
		t.Errorf("pruned %+v, %v", done, err)
	}
}

func TestPruneStopsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.tree("a")
	h.tree("b")
	ctx, cancel := context.WithCancel(t.Context())
	check := func(context.Context, string) (bool, error) {
		cancel()
		return true, nil
	}
	done, err := slots.Pruner{Root: h.root, Conn: h.nc, Clean: check}.Prune(ctx)
	if !errors.Is(err, context.Canceled) || len(done.Removed) != 0 || !h.exists("swarm/a/wt/run.sh") || !h.exists("swarm/b/wt/run.sh") {
		t.Errorf("pruned %+v, %v", done, err)
	}
}

// A process that still has a file open does not write into the void.
func TestPruneKeepsWhatIsWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.tree("a")
	f, err := os.OpenFile(filepath.Join(h.root, ".bones/swarm/a/wt/deep/er/file.txt"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	done, err := slots.Pruner{Root: h.root, Conn: h.nc}.Prune(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(", late"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(done.Saved["a"], "deep/er/file.txt")); err != nil || string(got) != "work, late" {
		t.Errorf("saved %q, %v", got, err)
	}
}
