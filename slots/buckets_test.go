package slots_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/slots"
)

// config returns a stream's configuration.
func (h *hub) config(stream string) jetstream.StreamConfig {
	h.t.Helper()
	s, err := h.js.Stream(h.t.Context(), stream)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.CachedInfo().Config
}

func TestEnsureBuckets(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for _, c := range []struct {
		stream, subject string
		history         int64
		ttl             time.Duration
	}{
		{"KV_bones-tasks", "$KV.bones-tasks.>", 8, 0},
		{"KV_bones-swarm-sessions", "$KV.bones-swarm-sessions.>", 1, 5 * time.Minute},
		{"tasks-events", "tasks.events.>", -1, 0},
	} {
		got := h.config(c.stream)
		if got.MaxMsgsPerSubject != c.history || got.MaxAge != c.ttl || !reflect.DeepEqual(got.Subjects, []string{c.subject}) {
			t.Errorf("%s: history %d, age %v, subjects %v", c.stream, got.MaxMsgsPerSubject, got.MaxAge, got.Subjects)
		}
		if got.Storage != jetstream.FileStorage || got.Replicas != 1 || got.Retention != jetstream.LimitsPolicy || got.MaxBytes != -1 || got.MaxMsgs != -1 {
			t.Errorf("%s: %v storage, %d replicas, %v retention, %d bytes, %d messages", c.stream, got.Storage, got.Replicas, got.Retention, got.MaxBytes, got.MaxMsgs)
		}
		if got.SubjectDeleteMarkerTTL != 0 || got.AllowMsgTTL {
			t.Errorf("%s: expiry markers are on, which the command line cannot undo", c.stream)
		}
	}
	if n := h.js.StreamNames(t.Context()); count(n) != 3 {
		t.Error("there are other streams than the three")
	}
}

func count(l jetstream.StreamNameLister) int {
	n := 0
	for range l.Name() {
		n++
	}
	return n
}

// What exists stays as it is configured, whoever looks at it.
func TestNothingReconfiguresABucket(t *testing.T) {
	t.Parallel()
	h := bare(t)
	for _, c := range []jetstream.KeyValueConfig{
		{Bucket: slots.BucketTasks, History: 10, Description: "theirs"},
		{Bucket: slots.BucketSessions, History: 3, TTL: time.Hour},
	} {
		if _, err := h.js.CreateKeyValue(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: slots.StreamTaskEvents, Subjects: []string{"tasks.events.>"}, MaxAge: time.Hour}); err != nil {
		t.Fatal(err)
	}
	streams := []string{"KV_bones-tasks", "KV_bones-swarm-sessions", "tasks-events"}
	var before []jetstream.StreamConfig
	for _, s := range streams {
		before = append(before, h.config(s))
	}
	if err := slots.EnsureBuckets(t.Context(), h.nc); err != nil {
		t.Fatal(err)
	}
	w := slots.Watch(h.root, h.nc)
	defer w.Close()
	if _, err := w.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := slots.Live(t.Context(), h.root, h.nc); err != nil {
		t.Fatal(err)
	}
	if _, err := (slots.Pruner{Root: h.root, Conn: h.nc}).Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, s := range streams {
		if got := h.config(s); !reflect.DeepEqual(got, before[i]) {
			t.Errorf("%s changed to %+v", s, got)
		}
	}
}

func TestLookingCreatesNothing(t *testing.T) {
	t.Parallel()
	h := bare(t)
	w := slots.Watch(h.root, h.nc)
	defer w.Close()
	if all, err := w.Next(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("snapshot %v, %v", all, err)
	}
	if p := w.Problem(); p != "" {
		t.Errorf("a bucket that does not exist yet is a problem: %s", p)
	}
	if live, err := slots.Live(t.Context(), h.root, h.nc); err != nil || len(live) != 0 {
		t.Errorf("live %v, %v", live, err)
	}
	if n := count(h.js.StreamNames(t.Context())); n != 0 {
		t.Errorf("%d streams were created", n)
	}
	if h.exists("") {
		t.Error("a state directory was created")
	}
}
