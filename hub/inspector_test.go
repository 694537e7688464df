package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/inspect"
	"bones-tui/slots"
)

// inspected is a hub of either kind, with a client of it.
type inspected struct {
	root string
	*inspect.Reader
	nc *nats.Conn
	js jetstream.JetStream
}

// kinds are where a hub may run: in this process or in another.
var kinds = [...]string{"owned", "attached"}

func inspecting(t *testing.T, kind string) inspected {
	t.Helper()
	in := inspected{root: newWorkspace(t)}
	if kind == "owned" {
		in.Reader = startHub(t, in.root).Inspector()
	} else {
		startDetached(t, in.root)
		in.Reader = attach(t, in.root).Inspector()
	}
	nc, err := nats.Connect(bonesdir.At(in.root).NATSURL(), nats.Name("an agent"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	in.nc = nc
	if in.js, err = jetstream.New(nc); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestInspectorListsConnections(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			in := inspecting(t, kind)
			sub, err := in.nc.SubscribeSync("some.subject")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = sub.Unsubscribe() }()
			if err := in.nc.Flush(); err != nil {
				t.Fatal(err)
			}
			list, total, err := in.Connections(t.Context())
			if err != nil || total < 1 || total != len(list) {
				t.Fatalf("%d connections of %d, %v", len(list), total, err)
			}
			var mine inspect.Connection
			for _, c := range list {
				if c.Name == "an agent" {
					mine = c
				}
			}
			if mine.ID == 0 || mine.IP != "127.0.0.1" || mine.Port == 0 || mine.Lang != "go" || mine.Subscriptions != 1 || time.Since(mine.Start) > time.Minute {
				t.Errorf("the agent's connection is %+v", mine)
			}
			one, err := in.Connection(t.Context(), mine.ID)
			if err != nil || one.ID != mine.ID || len(one.Subjects) != 1 || one.Subjects[0] != "some.subject" {
				t.Errorf("Connection = %+v, %v, want its subject", one, err)
			}
			if _, err := in.Connection(t.Context(), 1<<40); !errors.Is(err, inspect.ErrNoConnection) {
				t.Errorf("a closed connection: %v, want ErrNoConnection", err)
			}
		})
	}
}

func TestInspectorListsStores(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			in := inspecting(t, kind)
			kv, err := in.js.KeyValue(t.Context(), slots.BucketTasks)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range []string{`{"a":1}`, `{"a":2}`} {
				if _, err := kv.PutString(t.Context(), "t-1", v); err != nil {
					t.Fatal(err)
				}
			}
			list, more, err := in.Stores(t.Context())
			if err != nil || more {
				t.Fatal(more, err)
			}
			found := map[string]inspect.Store{}
			for _, s := range list {
				found[s.Name] = s
			}
			tasks, events := found[slots.BucketTasks], found["tasks-events"]
			if tasks.Kind != inspect.BucketStore || tasks.Stream != "KV_bones-tasks" || tasks.Messages < 2 || tasks.Bytes == 0 || tasks.Keys < 1 || tasks.LastAt.IsZero() {
				t.Errorf("tasks are %+v", tasks)
			}
			if events.Kind != inspect.StreamStore || events.Stream != "tasks-events" {
				t.Errorf("events are %+v", events)
			}
			if list[0].Kind != inspect.BucketStore || list[len(list)-1].Kind != inspect.StreamStore {
				t.Errorf("the list goes from %+v to %+v, want buckets first", list[0], list[len(list)-1])
			}
			if one, err := in.Store(t.Context(), "KV_bones-tasks"); err != nil || one.Messages != tasks.Messages {
				t.Errorf("Store = %+v, %v", one, err)
			}
		})
	}
}

func TestInspectorReadsABucket(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			in := inspecting(t, kind)
			kv, err := in.js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "b", History: 8})
			if err != nil {
				t.Fatal(err)
			}
			large := strings.Repeat("x", 5000)
			for _, put := range [][2]string{{"a", "1"}, {"b.c", large}, {"gone", "1"}, {"a", "2"}, {"purged", "x"}, {"a", "3"}} {
				if _, err := kv.PutString(t.Context(), put[0], put[1]); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(kv.Delete(t.Context(), "gone"), kv.Purge(t.Context(), "purged")); err != nil {
				t.Fatal(err)
			}
			page, err := in.Entries(t.Context(), "b", 0, 100)
			if err != nil || page.Before != 0 || page.Store.Keys != 4 {
				t.Fatalf("page %+v, %v", page, err)
			}
			var got []string
			for _, e := range page.Entries {
				got = append(got, fmt.Sprintf("%s:%s:%d:%d", e.Key, e.Deleted, e.Size, len(e.Value)))
			}
			if want := "purged:purged:0:0 gone:deleted:0:0 a::1:1 b.c::5000:512"; strings.Join(got, " ") != want {
				t.Errorf("entries %s\nwant %s", strings.Join(got, " "), want)
			}
			revisions, err := in.Revisions(t.Context(), "b", "a")
			if err != nil || len(revisions) != 3 || string(revisions[0].Value) != "3" || string(revisions[2].Value) != "1" {
				t.Errorf("revisions of a: %+v, %v", revisions, err)
			}
			if r, err := in.Revisions(t.Context(), "b", "b.c"); err != nil || len(r) != 1 || len(r[0].Value) != 5000 {
				t.Errorf("revisions of b.c: %d, %v", len(r), err)
			}
			if _, err := in.Revisions(t.Context(), "b", "none"); !errors.Is(err, inspect.ErrNoKey) {
				t.Errorf("no key: %v, want ErrNoKey", err)
			}
			if _, err := in.Entries(t.Context(), "no-such", 0, 10); err == nil {
				t.Error("a bucket that is not there can be read")
			}
		})
	}
}

// TestInspectorPagesThroughStreams reads streams of all densities to their beginning.
func TestInspectorPagesThroughStreams(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root, hub.WithDurability(hub.DurabilityOS))
	js, err := jetstream.New(h.Conn())
	if err != nil {
		t.Fatal(err)
	}
	in := h.Inspector()
	for name, c := range map[string]struct {
		messages int
		size     int
		keep     func(seq uint64) bool
	}{
		"empty":             {0, 1, nil},
		"dense":             {1000, 10, nil},
		"one in fifty":      {2000, 10, func(seq uint64) bool { return seq%50 == 0 }},
		"a gap":             {2000, 10, func(seq uint64) bool { return seq < 300 || seq > 1995 }},
		"dense then sparse": {2000, 10, func(seq uint64) bool { return seq < 1500 || seq%40 == 0 }},
		"large":             {8, 700_000, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "s", Subjects: []string{"s.>"}})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = js.DeleteStream(context.WithoutCancel(t.Context()), "s") }()
			data := make([]byte, c.size)
			var want []uint64
			for seq := uint64(1); seq <= uint64(c.messages); seq++ {
				subject := "s.purged"
				if c.keep == nil || c.keep(seq) {
					subject, want = "s.kept", append(want, seq)
				}
				if _, err := js.PublishAsync(subject, data); err != nil {
					t.Fatal(err)
				}
			}
			<-js.PublishAsyncComplete()
			if err := s.Purge(t.Context(), jetstream.WithPurgeSubject("s.purged")); err != nil {
				t.Fatal(err)
			}
			slices.Reverse(want)
			var got []uint64
			calls := 0
			for before := uint64(0); ; calls++ {
				p, err := in.Messages(t.Context(), "s", before, 64)
				if err != nil {
					t.Fatal(err)
				}
				if len(p.Messages) > 64 || len(p.Messages) == 0 && p.Before != 0 {
					t.Fatalf("a page of %d messages before %d", len(p.Messages), p.Before)
				}
				for _, m := range p.Messages {
					got = append(got, m.Sequence)
				}
				if before = p.Before; before == 0 {
					break
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("read %d messages in %d pages, want %d", len(got), calls+1, len(want))
			}
		})
	}
}

func TestInspectorReadsTheTrunk(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			in := inspecting(t, kind)
			work := pushCheckIn(t, in.root)
			line, err := in.Timeline(t.Context(), "", 0, 10)
			if err != nil || line.Total != 2 || len(line.CheckIns) != 2 {
				t.Fatalf("timeline %+v, %v", line, err)
			}
			tip, base := line.CheckIns[0], line.CheckIns[1]
			if tip.UUID != work || !tip.Unapplied || base.Unapplied || tip.Branch != "trunk" || tip.Comment != "work of a slot" {
				t.Errorf("timeline %+v", line)
			}
			if older, err := in.Timeline(t.Context(), "", 1, 10); err != nil || len(older.CheckIns) != 1 || older.CheckIns[0].UUID != base.UUID {
				t.Errorf("after the first: %+v, %v", older, err)
			}
			if newest, err := in.Timeline(t.Context(), "", 0, 1); err != nil || len(newest.CheckIns) != 1 || !newest.More {
				t.Errorf("the first: %+v, %v, want more to follow", newest, err)
			}
			if mine, err := in.Timeline(t.Context(), "slot-api", 0, 10); err != nil || len(mine.CheckIns) != 1 || mine.CheckIns[0].UUID != work || mine.More {
				t.Errorf("of slot-api: %+v, %v", mine, err)
			}
			d, err := in.CheckIn(t.Context(), tip.UUID)
			if err != nil || len(d.Parents) != 1 || d.Parents[0] != base.UUID || !d.Unapplied || d.Total != int64(len(d.Files)) {
				t.Fatalf("check-in %+v, %v", d, err)
			}
			diffs := map[string]string{}
			for _, f := range d.Files {
				diff, err := in.Diff(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				diffs[f.Name] = diff.Text
			}
			if want := "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# demo\n+# changed\n"; diffs["README.md"] != want {
				t.Errorf("diffs %q, want README.md's %q", diffs, want)
			}
			if all, err := in.CheckIn(t.Context(), base.UUID); err != nil || all.Total != 6 || all.Files[0].Was != "" {
				t.Errorf("the base: %+v, %v, want all files added", all, err)
			}
			if _, err := in.CheckIn(t.Context(), "0000000000"); !errors.Is(err, fossil.ErrNotFound) {
				t.Errorf("no check-in: %v, want ErrNotFound", err)
			}
		})
	}
}

func TestInspectorOfAHubThatIsNotUp(t *testing.T) {
	h, err := hub.New(newWorkspace(t))
	if err != nil {
		t.Fatal(err)
	}
	in := h.Inspector()
	_, _, conns := in.Connections(t.Context())
	_, _, stores := in.Stores(t.Context())
	_, line := in.Timeline(t.Context(), "", 0, 1)
	for _, err := range []error{conns, stores, line} {
		if !errors.Is(err, hub.ErrNotRunning) {
			t.Errorf("%v, want ErrNotRunning", err)
		}
	}
}

// pushCheckIn is what a slot does: clone, change, check in, push. It returns the
// check-in.
func pushCheckIn(t *testing.T, root string) string {
	t.Helper()
	to := fossil.NewHTTPTransport(bonesdir.At(root).FossilURL())
	clone, err := fossil.Clone(t.Context(), t.TempDir()+"/leaf.fossil", to, fossil.CloneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer clone.Close()
	ci, err := clone.Commit(t.Context(), fossil.Commit{
		Branch: fossil.Trunk, User: "slot-api", Comment: "work of a slot", Time: time.Now(),
		Files: []fossil.File{{Name: "README.md", Content: []byte("# changed\n")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clone.Push(t.Context(), to, fossil.SyncOptions{}); err != nil {
		t.Fatal(err)
	}
	return ci.UUID
}
