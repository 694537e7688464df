package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
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

// What the machine refuses at a start says nothing about the tasks in the store.
func TestAStoreThatCannotBeWrittenNowIsNotReplaced(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, _ string) {
		t.Helper()
		root := newWorkspace(t)
		stopHub(t, startHub(t, root))
		store := filepath.Join(bonesdir.At(root).Coord(), "jetstream")
		if err := errors.Join(os.Rename(store, store+".kept"), os.Mkdir(store, 0o700)); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", store, "tmpfs", syscall.MS_RDONLY, "mode=0700"); err != nil {
			t.Fatal("mount:", err) // where a disk can be mounted, this can too
		}
		var start *hub.StartError
		if err := runToTheEnd(t, root); !errors.As(err, &start) || !strings.Contains(err.Error(), "not writable") {
			t.Errorf("Run = %v", err)
		}
		if _, err := os.Lstat(store + ".kept"); err != nil {
			t.Errorf("the store is not in its place: %v", err)
		}
	})
}

func TestAStoreThatIsNoneIsKeptAside(t *testing.T) {
	root := newWorkspace(t)
	coord := bonesdir.At(root).Coord()
	write(t, coord, "jetstream", "no directory", 0o600)
	startHub(t, root)
	aside, _ := filepath.Glob(coord + ".bad-*")
	if len(aside) != 1 || readFile(t, filepath.Join(aside[0], "jetstream")) != "no directory" {
		t.Errorf("aside: %v", aside)
	}
}

func runToTheEnd(t *testing.T, root string) error {
	t.Helper()
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	return h.Run(t.Context())
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
