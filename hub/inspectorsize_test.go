package hub_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
)

// TestInspectorStaysQuickWithLargeStores reads pages of a bucket of 100,000 keys and of
// a stream of 300,000 messages whose middle is gone.
func TestInspectorStaysQuickWithLargeStores(t *testing.T) {
	t.Parallel()
	h := startHub(t, newWorkspace(t), hub.WithDurability(hub.DurabilityOS))
	js, err := jetstream.New(h.Conn(), jetstream.WithPublishAsyncMaxPending(4000))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "b", History: 1}); err != nil {
		t.Fatal(err)
	}
	s, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "s", Subjects: []string{"s.>"}})
	if err != nil {
		t.Fatal(err)
	}
	rows := 300_000
	if raceOn {
		rows = 60_000
	}
	for i := range rows {
		subject := "s.x"
		if i%3 == 0 {
			subject = fmt.Sprintf("$KV.b.key%06d", i)
		}
		if _, err := js.PublishAsync(subject, []byte(`{"a":1}`), jetstream.WithStallWait(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	<-js.PublishAsyncComplete()
	if err := s.Purge(t.Context(), jetstream.WithPurgeKeep(uint64(rows/2))); err != nil {
		t.Fatal(err)
	}
	in := h.Inspector()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, read := range map[string]func() (int, error){
		"bucket": func() (int, error) {
			p, err := in.Entries(t.Context(), "b", 0, 200)
			return len(p.Entries), err
		},
		"stream": func() (int, error) {
			p, err := in.Messages(t.Context(), "s", 0, 200)
			return len(p.Messages), err
		},
		"old part of the stream": func() (int, error) {
			p, err := in.Messages(t.Context(), "s", uint64(rows/5), 200)
			return len(p.Messages), err
		},
	} {
		best := time.Hour
		for range 5 {
			begin := time.Now()
			n, err := read()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n > 200 {
				t.Errorf("%s: %d rows", name, n)
			}
			best = min(best, time.Since(begin))
		}
		t.Logf("%s: %s", name, best)
		if best > 2*time.Second {
			t.Errorf("%s: a page takes %s", name, best)
		}
	}
}
