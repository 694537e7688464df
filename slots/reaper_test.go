package slots_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/slots"
)

// lines collects what is logged.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Infof(format string, args ...any) { l.add("INFO ", format, args) }
func (l *lines) Warnf(format string, args ...any) { l.add("WARN ", format, args) }

func (l *lines) add(level, format string, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, level+fmt.Sprintf(format, args...))
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all, "\n")
}

// reaping is a reaper whose clocks the test moves, on a bucket that evicts nothing.
type reaping struct {
	*hub
	log  *lines
	t0   time.Time
	look func(ctx context.Context, wall time.Time, mono time.Duration)
}

func newReaping(t *testing.T, ttl time.Duration, check slots.CleanFunc) *reaping {
	t.Helper()
	h := bare(t)
	h.bucket(slots.BucketSessions, ttl)
	r := &reaping{hub: h, log: &lines{}, t0: time.Now().Round(0)}
	r.look = (&slots.Reaper{Root: h.root, Conn: h.nc, Clean: check, Log: r.log}).Looks("here", r.t0)
	return r
}

// after looks with both clocks that far from the start.
func (r *reaping) after(d time.Duration) { r.look(context.Background(), r.t0.Add(d), d) }

func (r *reaping) events(t *testing.T) []slots.SlotEvent {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.root, ".bones", "swarm-events.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	var all []slots.SlotEvent
	for line := range strings.Lines(string(text)) {
		e, err := slots.DecodeSlotEvent([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestReaperReapsTheExpired(t *testing.T) {
	t.Parallel()
	r := newReaping(t, 0, nil)
	r.tree("a")
	want := listing(t, filepath.Join(r.root, ".bones/swarm/a/wt"))
	r.session("a", "here", 0)
	r.after(0)
	r.after(300 * time.Second)
	if !r.has("a") || len(r.events(t)) != 0 {
		t.Fatal("reaped at its limit")
	}
	r.after(312 * time.Second)
	if r.has("a") {
		t.Error("the record stays")
	}
	e := r.events(t)
	if len(e) != 1 || e[0].Event != "slot_reap" || e[0].Slot != "a" || e[0].TaskID != "t-a" || e[0].AgentID != "slot-a" || e[0].Host != "here" || e[0].Result != "ttl-reaped" {
		t.Errorf("events %+v", e)
	}
	saved, err := filepath.Glob(filepath.Join(r.root, ".bones/recovery/a-*"))
	if err != nil || len(saved) != 1 || listing(t, saved[0]) != want {
		t.Errorf("saved %v, %v", saved, err)
	}
	if r.exists("swarm/a/wt") || !r.exists("swarm/a/log") || !r.exists("swarm/a/leaf.fossil") {
		t.Error("more or less than the worktree is gone")
	}
	if got := r.log.String(); !strings.HasPrefix(got, "INFO reaped stale slot a (ttl exceeded by 1") || !strings.Contains(got, "INFO worktree of slot a saved to ") {
		t.Errorf("logged %s", got)
	}
	r.after(342 * time.Second)
	if len(r.events(t)) != 1 {
		t.Error("reaped twice")
	}
}

func TestReaperTellsOfEvictions(t *testing.T) {
	t.Parallel()
	r := newReaping(t, time.Second, clean)
	r.tree("a")
	r.session("a", "here", 0)
	r.after(0)
	poll(t, "the eviction", func() bool { return !r.has("a") })
	r.after(200 * time.Second)
	if len(r.events(t)) != 0 {
		t.Error("reaped before its time")
	}
	r.after(301 * time.Second)
	if e := r.events(t); len(e) != 1 || e[0].Slot != "a" {
		t.Errorf("events %+v", e)
	}
	if r.exists("swarm/a/wt") || r.exists("recovery") {
		t.Error("a clean worktree is kept or saved")
	}
}

func TestReaperSpares(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		act  func(r *reaping) // between the first look and the last
		log  string           // what is logged in the end
	}{
		{"a renewed session", func(r *reaping) { r.session("a", "here", 0); r.after(200 * time.Second) }, ""},
		{"a closed session", func(r *reaping) { r.remove(slots.BucketSessions, "a") }, ""},
		{"a living process", func(r *reaping) { r.pid("a", os.Getpid(), 0) }, ""},
		{"anybody after the wall clock jumped ahead", func(r *reaping) { r.look(context.Background(), r.t0.Add(time.Hour), 30*time.Second) }, "WARN ttl watcher: the clock jumped; no slot is reaped for 5m0s"},
		{"anybody after a look that failed", func(r *reaping) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			r.look(ctx, r.t0.Add(200*time.Second), 200*time.Second)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newReaping(t, 0, nil)
			r.tree("a")
			before := listing(t, filepath.Join(r.root, ".bones/swarm/a/wt"))
			r.session("a", "here", 0)
			r.after(0)
			c.act(r)
			r.after(310 * time.Second)
			if len(r.events(t)) != 0 || listing(t, filepath.Join(r.root, ".bones/swarm/a/wt")) != before {
				t.Errorf("reaped: %+v", r.events(t))
			}
			if got := r.log.String(); !strings.HasPrefix(got, c.log) || c.log == "" && got != "" {
				t.Errorf("logged %q, want %q", got, c.log)
			}
		})
	}
}

func TestReaperLeavesOtherHostsAlone(t *testing.T) {
	t.Parallel()
	r := newReaping(t, 0, nil)
	r.tree("a")
	r.session("a", "box-2", 0)
	for _, s := range []int{0, 310, 340} {
		r.after(time.Duration(s) * time.Second)
	}
	if !r.has("a") || len(r.events(t)) != 0 || !r.exists("swarm/a/wt") {
		t.Error("another host's session was reaped")
	}
	if got := r.log.String(); got != "WARN ttl watcher: skip cross-host slot a (owner=box-2, age=5m10s)" && got != "WARN ttl watcher: skip cross-host slot a (owner=box-2, age=5m9s)" {
		t.Errorf("logged %s, want one line", got)
	}
}

// The record goes, for the session is over, but nobody's floor is pulled away.
func TestReaperLeavesATreeThatIsWorkedIn(t *testing.T) {
	t.Parallel()
	r := newReaping(t, 0, clean)
	r.tree("a")
	r.session("a", "here", 0)
	r.after(0)
	late := time.Now().Add(200 * time.Second)
	if err := os.Chtimes(filepath.Join(r.root, ".bones/swarm/a/wt/deep/er/file.txt"), late, late); err != nil {
		t.Fatal(err)
	}
	r.after(310 * time.Second)
	if r.has("a") || len(r.events(t)) != 1 || !r.exists("swarm/a/wt/run.sh") {
		t.Errorf("record there: %v, events %+v", r.has("a"), r.events(t))
	}
	if got := r.log.String(); !strings.Contains(got, "worktree of slot a stays") {
		t.Errorf("logged %s", got)
	}
}

func TestReaperSurvivesUnusableNames(t *testing.T) {
	t.Parallel()
	r := newReaping(t, 0, nil)
	r.tree("a")
	before := listing(t, filepath.Join(r.root, ".bones/swarm"))
	r.session("x/a", "here", 0)
	r.after(0)
	r.after(310 * time.Second)
	if len(r.events(t)) != 1 || listing(t, filepath.Join(r.root, ".bones/swarm")) != before {
		t.Errorf("events %+v, or a directory changed", r.events(t))
	}
}

func TestReaperSaysOnceThatItCannotRead(t *testing.T) {
	t.Parallel()
	r := newReaping(t, 0, nil)
	if err := r.js.DeleteKeyValue(t.Context(), slots.BucketSessions); err != nil {
		t.Fatal(err)
	}
	r.after(0)
	if got := r.log.String(); got != "" {
		t.Errorf("a bucket that does not exist makes it say %s", got)
	}
	r.bucket(slots.BucketSessions, 0)
	r.after(30 * time.Second)
	halt(r.server)
	poll(t, "the loss", func() bool { return !r.nc.IsConnected() })
	r.after(60 * time.Second)
	r.after(90 * time.Second)
	if got := r.log.String(); !strings.HasPrefix(got, "WARN ttl watcher: list sessions: ") || strings.Contains(got, "\n") {
		t.Errorf("logged %q, want one line", got)
	}
}

func TestReaperRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&slots.Reaper{Root: h.root, Conn: h.nc, Log: &lines{}}).Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Run returns %v", err)
	}
}
