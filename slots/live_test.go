package slots_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"bones-tui/slots"
)

func names(all []slots.Slot) []string {
	list := make([]string, len(all))
	for i, s := range all {
		list[i] = s.Name
	}
	return list
}

func equal(tb testing.TB, what string, got []slots.Slot, want ...string) {
	tb.Helper()
	list := names(got)
	if len(list) != len(want) {
		tb.Fatalf("%s: %v, want %v", what, list, want)
	}
	for i := range want {
		if list[i] != want[i] {
			tb.Fatalf("%s: %v, want %v", what, list, want)
		}
	}
}

// pid makes a slot directory whose leaf.pid was written that long ago.
func (h *hub) pid(slot string, pid int, ago time.Duration) {
	h.t.Helper()
	path := h.write("swarm/"+slot+"/leaf.pid", strconv.Itoa(pid)+"\n")
	at := time.Now().Add(-ago)
	if err := os.Chtimes(path, at, at); err != nil {
		h.t.Fatal(err)
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	h, here := newHub(t), hostname(t)
	h.session("fresh", here, 10*time.Second)
	h.session("stale", here, 2*time.Minute)
	h.session("elsewhere", "box-2", 10*time.Second)
	h.session("elsewhere-stale", "box-2", 2*time.Minute)
	h.session("closed", here, 0)
	h.remove(slots.BucketSessions, "closed")
	h.pid("working", os.Getpid(), 0)
	h.pid("recycled", os.Getpid(), 24*time.Hour*365)
	h.pid("gone", 1<<22-7, 0)
	h.put(slots.BucketSessions, "garbled", "{")

	live, err := slots.Live(t.Context(), h.root, h.nc)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "live", live, "elsewhere", "fresh", "garbled", "working")
	live, err = slots.Live(t.Context(), h.root, nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "live without a connection", live, "working")
}

func TestLiveSaysWhenSessionsCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pid("working", os.Getpid(), 0)
	halt(h.server)
	live, err := slots.Live(t.Context(), h.root, h.nc)
	if err == nil {
		t.Error("no error although the server is gone")
	}
	equal(t, "live", live, "working")
}

func TestScan(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if all, err := slots.Scan(root); err != nil || len(all) != 0 {
		t.Fatalf("no state directory: %v, %v", all, err)
	}
	h := &hub{t: t, root: root}
	h.pid("b", os.Getpid(), 0)
	h.pid("a", 1<<22-7, 0)
	h.write("swarm/a/log", `{"event":"commit_error","reason":"push refused","slot":"a","ts":"2026-03-02T09:02:00Z"}`+"\n")
	h.write("swarm/c/leaf.pid", "many\n")
	h.write("swarm/dispatch.json", "{}")
	h.write("swarm/.hidden/leaf.pid", "1\n")
	if err := os.Symlink(filepath.Join(root, ".bones", "swarm", "a"), filepath.Join(root, ".bones", "swarm", "link")); err != nil {
		t.Fatal(err)
	}
	all, err := slots.Scan(root)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "slots", all, "a", "b", "c")
	if a := all[0]; a.PIDAlive || !a.HasDir || a.LastEvent != "commit_error" || a.LastErr != "push refused" || a.LastEventAt.IsZero() {
		t.Errorf("a is %+v", a)
	}
	if b := all[1]; !b.PIDAlive || b.PID != os.Getpid() {
		t.Errorf("b is %+v", b)
	}
	if c := all[2]; c.PID != 0 || c.PIDAlive {
		t.Errorf("c is %+v", c)
	}
}

func TestScanSaysWhenItCannotRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, ".bones", "swarm"), "a file")
	if _, err := slots.Scan(root); err == nil {
		t.Error("no error")
	}
}

func TestValidName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a": true, "agent-0123456789ab": true, "a.b": true, "a b": true,
		"": false, ".": false, "..": false, ".x": false, "a/b": false, "../a": false, `a\b`: false,
	} {
		if got := slots.ValidName(name); got != want {
			t.Errorf("%q is valid: %v", name, got)
		}
	}
}
