package slots_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/slots"
)

// flood writes n records to keys of a bucket as fast as the server takes them.
func (h *hub) flood(bucket string, n int, key func(i int) string, value func(i int) string) {
	h.t.Helper()
	js, err := jetstream.New(h.nc, jetstream.WithPublishAsyncMaxPending(1000))
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range n {
		if _, err := js.PublishAsync("$KV."+bucket+"."+key(i), []byte(value(i)), jetstream.WithStallWait(time.Minute)); err != nil {
			h.t.Fatal(err)
		}
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-time.After(time.Minute):
		h.t.Fatal("the server does not take the records")
	}
}

// Both the look at once and the live one say which records they cannot read, and show
// everything else.
func TestRecordsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.session("good", hostname(t), 0)
	h.put(slots.BucketTasks, "large", `{"title":"`+strings.Repeat("x", 900_000)+`"}`)
	h.put(slots.BucketTasks, "t-list", `[]`)
	h.put(slots.BucketSessions, "torn", `{"slot":`)
	all, err := slots.Snapshot(t.Context(), h.root, h.nc)
	var unread *slots.UnreadError
	if !errors.As(err, &unread) || find(all, "good") == nil || find(all, "torn") == nil {
		t.Fatalf("a snapshot is %+v, %v", all, err)
	}
	for _, want := range []string{
		`1 records of bones-swarm-sessions could not be read: "torn": unexpected end of JSON input`,
		`2 records of bones-tasks could not be read: "large": 900012 bytes are more than the 262144 that are read`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("a snapshot says %q, want %q", err, want)
		}
	}
	live, err := slots.Live(t.Context(), h.root, h.nc)
	if err != nil || find(live, "good") == nil || find(live, "torn") == nil {
		t.Errorf("live are %+v, %v; a record that cannot be read must neither hide a slot nor refuse a stop for ever", live, err)
	}
	w := watch(t, h, slots.Pace{Rescan: time.Second, Relist: time.Second, Retry: time.Second})
	until(t, w, "the slots", func(all []slots.Slot) bool { return find(all, "good") != nil && find(all, "torn") != nil })
	poll(t, "a watcher to tell", func() bool { return strings.Contains(w.Problem(), "2 records of bones-tasks") })
	h.put(slots.BucketTasks, "t-list", `{}`)
	poll(t, "a watcher to see the better record", func() bool { return strings.Contains(w.Problem(), "1 records of bones-tasks") })
}

// More sessions than are read are told of, and the guard of a stop does not say that it
// has seen them all.
func TestMoreSessionsThanAreRead(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	value := sessionJSON("x", "elsewhere", time.Now().Add(-time.Hour))
	h.flood(slots.BucketSessions, 20_100, func(i int) string { return fmt.Sprint("s-", i) }, func(int) string { return value })
	const want = "there are more records of bones-swarm-sessions than the 20000 that are shown"
	if _, err := slots.Live(t.Context(), h.root, h.nc); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the guard says %v, want %q", err, want)
	}
	w := watch(t, h, slots.Pace{Rescan: time.Minute, Relist: time.Minute, Retry: time.Second})
	poll(t, "a watcher to tell", func() bool { return w.Problem() == want })
}

// A watcher keeps up with ten thousand updates a second, or leaves some out; what it
// shows in the end is the newest.
func TestTenThousandUpdatesASecond(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	w := watch(t, h, slots.Pace{Rescan: time.Minute, Relist: time.Minute, Retry: time.Second})
	h.session("s", hostname(t), 0)
	shown := make(chan int)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		defer close(shown)
		for n := 0; ; n++ {
			all, err := w.Next(ctx)
			if err != nil {
				return
			}
			if s := find(all, "s"); s != nil && s.TaskID == "t-last" {
				shown <- n
				return
			}
		}
	}()
	const updates = 20_000
	began := time.Now()
	h.flood(slots.BucketSessions, updates, func(int) string { return "s" }, func(i int) string {
		return fmt.Sprintf(`{"slot":"s","task_id":"t-%d","last_renewed":%q}`, i, time.Now().UTC().Format(time.RFC3339Nano))
	})
	took := time.Since(began)
	h.put(slots.BucketSessions, "s", `{"slot":"s","task_id":"t-last"}`)
	select {
	case n := <-shown:
		t.Logf("%d updates in %v: %d snapshots, the last %v after the flood", updates, took, n, time.Since(began)-took)
		if most := int(time.Since(began)/(90*time.Millisecond)) + 2; n > most {
			t.Errorf("%d snapshots, want at most %d", n, most)
		}
	case <-time.After(time.Minute):
		t.Error("the newest state is not shown")
	}
}

func TestUnreadableEventsAreTold(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.say("t-1", `no event`)
	h.say("t-1", `{"type":1,"task_id":"t-1","payload":{"title":"x"}}`)
	h.say("t-2", `{"task_id":`+strings.Repeat("[", 100_000)+`}`)
	a := slots.Follow(h.root, h.nc, slots.ActivityOptions{})
	defer a.Close()
	narrate(t, a, "the event", func(all []slots.Entry) bool { return len(all) == 1 })
	const want = `2 messages of tasks-events could not be read: "message 1": invalid character`
	poll(t, "the activity to tell", func() bool { return strings.HasPrefix(a.Problem(), want) })
}
