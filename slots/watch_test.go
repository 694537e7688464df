package slots_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"bones-tui/slots"
)

// asleep is a pace at which nothing happens by itself.
var asleep = slots.Pace{Rescan: time.Hour, Relist: time.Hour, Retry: time.Hour}

func watch(tb testing.TB, h *hub, p slots.Pace) *slots.Watcher {
	tb.Helper()
	w := slots.WatchAt(h.root, h.nc, p)
	tb.Cleanup(func() { w.Close() })
	return w
}

func TestWatchMergesDirectoriesSessionsAndTasks(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.session("both", hostname(t), 10*time.Second)
	h.session("record", "box", 0)
	h.pid("both", os.Getpid(), 0)
	h.pid("dir", 1<<22-7, 0)
	h.put(slots.BucketTasks, "t-both", `{"id":"t-both","title":"rotate keys","status":"open","files":null,"context":{"slot":"both"},"schema_version":4}`)
	h.put(slots.BucketTasks, "t-2", `{"id":"t-2","title":"more [slot: both]","status":"open","files":null,"schema_version":4}`)
	h.put(slots.BucketTasks, "t-3", `{"id":"t-3","title":"done [slot: both]","status":"closed","files":null,"schema_version":4}`)
	h.put(slots.BucketTasks, "__bones_tasks_events_migrated", `{"title":"no task [slot: both]","status":"open"}`)
	h.put(slots.BucketTasks, "t-broken", `{`)

	all := until(t, watch(t, h, asleep), "tasks", func(all []slots.Slot) bool { return len(all) == 3 && find(all, "both").Title != "" })
	equal(t, "snapshot", all, "both", "dir", "record")
	both := find(all, "both")
	if !both.HasDir || !both.HasSession || !both.PIDAlive || both.PID != os.Getpid() || both.Agent != "slot-both" || both.Host != hostname(t) {
		t.Errorf("both is %+v", both)
	}
	if both.TaskID != "t-both" || both.Title != "rotate keys" || both.TaskStatus != slots.StatusOpen || both.OpenTasks != 2 {
		t.Errorf("the task of both is %q %q %q, %d open", both.TaskID, both.Title, both.TaskStatus, both.OpenTasks)
	}
	if age := both.Age(time.Now()); age < 9*time.Second || age > 30*time.Second {
		t.Errorf("both was renewed %v ago", age)
	}
	if r := find(all, "record"); r.HasDir || !r.HasSession || r.PID != 999999 || r.PIDAlive {
		t.Errorf("record is %+v", r)
	}
	if d := find(all, "dir"); !d.HasDir || d.HasSession || d.State(time.Now(), "box") != slots.Dead {
		t.Errorf("dir is %+v", d)
	}
}

func TestWatchFollowsChanges(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	w := watch(t, h, asleep)
	if all, err := w.Next(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("first snapshot %v, %v", all, err)
	}
	h.session("a", "box", time.Minute)
	before := find(until(t, w, "a session", func(all []slots.Slot) bool { return len(all) == 1 }), "a").Renewed
	h.session("a", "box", 0)
	until(t, w, "a renewal", func(all []slots.Slot) bool { return find(all, "a").Renewed.After(before) })
	h.put(slots.BucketTasks, "t-a", `{"id":"t-a","title":"x","status":"claimed","files":null,"schema_version":4}`)
	until(t, w, "a task", func(all []slots.Slot) bool { return find(all, "a").TaskStatus == slots.StatusClaimed })
	h.remove(slots.BucketTasks, "t-a")
	until(t, w, "the task's end", func(all []slots.Slot) bool { return find(all, "a").TaskStatus == "" })
	h.remove(slots.BucketSessions, "a")
	until(t, w, "a close", func(all []slots.Slot) bool { return len(all) == 0 })
}

// Nothing tells of an eviction: a list that lacks the record does.
func TestWatchRemembersEvictedSessions(t *testing.T) {
	t.Parallel()
	h := bare(t)
	h.bucket(slots.BucketSessions, time.Second)
	w := watch(t, h, slots.Pace{Rescan: time.Hour, Relist: 200 * time.Millisecond, Retry: time.Hour})
	h.session("a", "box", 0)
	until(t, w, "the session", func(all []slots.Slot) bool { return len(all) == 1 && all[0].HasSession })
	gone := until(t, w, "its eviction", func(all []slots.Slot) bool { return len(all) == 1 && !all[0].HasSession })[0]
	if gone.Ended.IsZero() || gone.Agent != "slot-a" || gone.TaskID != "t-a" || gone.State(time.Now(), "box") != slots.Expired {
		t.Errorf("last seen is %+v", gone)
	}
	h.session("a", "box", 0)
	back := until(t, w, "its return", func(all []slots.Slot) bool { return all[0].HasSession })[0]
	if !back.Ended.IsZero() || back.State(time.Now(), "box") != slots.Active {
		t.Errorf("returned as %+v", back)
	}
}

// Retries are an hour away: the server's advisory brings the news.
func TestWatchBindsWhenABucketAppears(t *testing.T) {
	t.Parallel()
	h := bare(t)
	w := watch(t, h, asleep)
	if all, err := w.Next(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("first snapshot %v, %v", all, err)
	}
	if err := slots.EnsureBuckets(t.Context(), h.nc); err != nil {
		t.Fatal(err)
	}
	h.session("a", "box", 0)
	until(t, w, "the session", func(all []slots.Slot) bool { return len(all) == 1 })
	if err := h.js.DeleteKeyValue(t.Context(), slots.BucketSessions); err != nil {
		t.Fatal(err)
	}
	until(t, w, "the bucket's end", func(all []slots.Slot) bool { return !all[0].HasSession })
	h.bucket(slots.BucketSessions, time.Hour)
	h.session("b", "box", 0)
	until(t, w, "a session in the new bucket", func(all []slots.Slot) bool { return find(all, "b") != nil })
}

// A watch on a bucket that ends while it begins is never told to close its channel.
// Only a system that pauses a watcher at the worst moment shows it.
func TestCloseWhileBinding(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	began := time.Now()
	if _, err := watch(t, h, asleep).Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	bound := time.Since(began)
	const times = 400
	for i := range times {
		w := slots.WatchAt(h.root, h.nc, asleep)
		<-time.After(bound * time.Duration(i) / times)
		closed := make(chan struct{})
		go func() { w.Close(); close(closed) }()
		select {
		case <-closed:
		case <-time.After(time.Minute):
			t.Fatalf("a watcher of age %v does not close", bound*time.Duration(i)/times)
		}
	}
}

func TestWatchWithoutConnection(t *testing.T) {
	t.Parallel()
	h := &hub{t: t, root: t.TempDir()}
	h.pid("a", os.Getpid(), 0)
	w := watch(t, h, asleep)
	all, err := w.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "first snapshot", all, "a")
	if w.Problem() == "" {
		t.Error("having no connection is no problem")
	}
	h.pid("b", 1<<22-7, 0) // only the system can tell: rescans are an hour away
	until(t, w, "a new directory", func(all []slots.Slot) bool { return find(all, "b") != nil })
	if err := os.RemoveAll(h.root + "/.bones/swarm/b"); err != nil {
		t.Fatal(err)
	}
	until(t, w, "its removal", func(all []slots.Slot) bool { return find(all, "b") == nil })
}

func TestWatchRescans(t *testing.T) {
	t.Parallel()
	h := &hub{t: t, root: t.TempDir()}
	w := watch(t, h, slots.Pace{Rescan: 20 * time.Millisecond, Relist: time.Hour, Retry: time.Hour})
	if all, err := w.Next(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("first snapshot %v, %v", all, err)
	}
	h.pid("a", os.Getpid(), 0)
	until(t, w, "a directory in a new folder", func(all []slots.Slot) bool { return len(all) == 1 && all[0].PIDAlive })
	h.write("swarm/a/log", `{"event":"join","slot":"a","ts":"2026-03-02T09:02:00Z"}`+"\n")
	until(t, w, "a line in the slot's log", func(all []slots.Slot) bool { return all[0].LastEvent == "join" })
	h.write("swarm/a/leaf.pid", "4194297\n")
	until(t, w, "another pid", func(all []slots.Slot) bool { return !all[0].PIDAlive && all[0].PID == 4194297 })
	if err := os.Remove(h.root + "/.bones/swarm/a/leaf.pid"); err != nil {
		t.Fatal(err)
	}
	until(t, w, "no pid", func(all []slots.Slot) bool { return all[0].PID == 0 })
}

// Looking again and finding the same is no news.
func TestNextWaitsForChanges(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]*hub{"no buckets": bare(t), "buckets": newHub(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h.pid("a", os.Getpid(), 0)
			if name == "buckets" {
				h.session("a", "box", 0)
				h.put(slots.BucketTasks, "t-a", `{"id":"t-a","title":"x","status":"open","files":null,"schema_version":4}`)
			}
			busy := 20 * time.Millisecond
			w := watch(t, h, slots.Pace{Rescan: busy, Relist: busy, Retry: busy})
			settle(w)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if all, err := w.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Next without a change gives %v, %v", all, err)
			}
		})
	}
}

func TestNextEndsWithTheWatcher(t *testing.T) {
	t.Parallel()
	w := watch(t, newHub(t), asleep)
	settle(w)
	ended := make(chan error)
	go func() {
		_, err := w.Next(context.Background())
		ended <- err
	}()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, slots.ErrClosed) {
		t.Errorf("Next on a closed watcher gives %v", err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// settle takes the snapshots of a start until none comes.
func settle(w *slots.Watcher) {
	for range 20 {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		_, err := w.Next(ctx)
		cancel()
		if err != nil {
			return
		}
	}
}

func TestSnapshotsAreCoalesced(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	w := watch(t, h, asleep)
	settle(w)
	go func() {
		for i := range 300 {
			h.session(fmt.Sprintf("s-%d", i%50), "box", 0)
		}
		h.session("last", "box", 0)
	}()
	began, count := time.Now(), 0
	until(t, w, "the last session", func(all []slots.Slot) bool {
		count++
		return find(all, "last") != nil
	})
	// One may wait already, one comes at once, and how long they take to get here differs.
	if most := int(time.Since(began)/(100*time.Millisecond)) + 4; count > most {
		t.Errorf("%d snapshots in %v, want at most %d", count, time.Since(began), most)
	}
}

// poll waits until ok, at most 20 s.
func poll(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			tb.Fatalf("no end of waiting for %s", what)
		}
	}
}
