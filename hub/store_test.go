package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/slots"
)

func TestLostMessagesAreToldAndTheirNumbersNotReused(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	js, err := jetstream.New(h.Conn())
	if err != nil {
		t.Fatal(err)
	}
	var last uint64
	for range 40 {
		ack, err := js.Publish(t.Context(), "tasks.events.t-1", []byte(`{"type":3,"task_id":"t-1","payload":{}}`))
		if err != nil {
			t.Fatal(err)
		}
		last = ack.Sequence
	}
	stopHub(t, h)
	damage(t, root, slots.StreamTaskEvents)

	h = startHub(t, root)
	if js, err = jetstream.New(h.Conn()); err != nil {
		t.Fatal(err)
	}
	ack, err := js.Publish(t.Context(), "tasks.events.t-2", []byte("{}"))
	if err != nil || ack.Sequence <= last {
		t.Errorf("next sequence %v, %v; %d was given out before", ack, err, last)
	}
	if log := readFile(t, bonesdir.At(root).Log()); !strings.Contains(log, "store damaged: stream tasks-events") {
		t.Errorf("hub.log is silent:\n%s", log)
	}
}

// damage flips a byte in the middle of a stream's only block.
func damage(t *testing.T, root, stream string) {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(bonesdir.At(root).Coord(), "jetstream", "$G", "streams", stream, "msgs", "*.blk"))
	if err != nil || len(blocks) != 1 {
		t.Fatalf("blocks %v, %v", blocks, err)
	}
	b, err := os.ReadFile(blocks[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0xff
	if err := os.WriteFile(blocks[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(blocks[0]), "index.db")); err != nil {
		t.Fatal(err)
	}
}
