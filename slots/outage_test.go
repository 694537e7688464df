package slots_test

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"bones-tui/slots"
)

func TestWatchSurvivesTheServer(t *testing.T) {
	t.Parallel()
	h := bare(t)
	store := t.TempDir()
	first := start(t, store, -1)
	at, err := url.Parse(first.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	h.use(first)
	if err := slots.EnsureBuckets(t.Context(), h.nc); err != nil {
		t.Fatal(err)
	}
	h.session("a", "box", 0)
	w := watch(t, h, asleep)
	until(t, w, "the session", func(all []slots.Slot) bool { return len(all) == 1 })

	halt(first)
	poll(t, "the loss to be told", func() bool { return w.Problem() != "" })
	h.write("swarm/b/leaf.pid", "1\n")
	h.write("swarm/c/leaf.pid", "1\n")

	start(t, store, port)
	poll(t, "the connection", h.nc.IsConnected)
	poll(t, "the buckets", func() bool {
		_, err := h.js.KeyValue(t.Context(), slots.BucketSessions)
		return err == nil
	})
	h.session("z", "box", 0)
	all := until(t, w, "a new session", func(all []slots.Slot) bool { return find(all, "z") != nil })
	if a := find(all, "a"); a == nil || !a.HasSession {
		t.Errorf("the session of before is %+v", a)
	}
	poll(t, "the loss to be over", func() bool { return w.Problem() == "" })
}

func TestCloseWhileTheServerIsGone(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	w := watch(t, h, asleep)
	until(t, w, "the first snapshot", func([]slots.Slot) bool { return true })
	halt(h.server)
	began := time.Now()
	w.Close()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
}

func TestWatchOnAClosedConnection(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.write("swarm/a/leaf.pid", "1\n")
	h.nc.Close()
	w := watch(t, h, asleep)
	all, err := w.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "snapshot", all, "a")
	poll(t, "the problem", func() bool { return w.Problem() != "" })
}
