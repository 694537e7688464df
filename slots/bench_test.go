package slots

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// thousand is a board of a thousand slots with directories, sessions and tasks.
func thousand(b *testing.B) *board {
	b.Helper()
	board, dirs := newBoard("/w", "box"), map[string]directory{}
	now := time.Now()
	for i := range 1000 {
		name := fmt.Sprintf("slot-%04d", i)
		dirs[name] = directory{pid: 4194000 + i, last: LogLine{At: now, Event: "commit"}}
		board.putSession(sessionRecord(name, uint64(i+1), now), now)
		board.putTask(record{key: "t-" + name, value: []byte(`{"title":"x","status":"open","context":{"slot":"` + name + `"}}`)})
	}
	board.setDirs(dirs)
	return board
}

func BenchmarkSnapshot1000(b *testing.B) {
	board := thousand(b)
	b.ReportAllocs()
	for b.Loop() {
		if len(board.snapshot()) != 1000 {
			b.Fatal("slots are missing")
		}
	}
}

func BenchmarkRelist1000(b *testing.B) {
	board, now := thousand(b), time.Now()
	records := make([]record, 1000)
	for i := range records {
		records[i] = sessionRecord(fmt.Sprintf("slot-%04d", i), uint64(i+1), now)
	}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Second)
		if board.listSessions(records, now) {
			b.Fatal("a list of the same changes something")
		}
	}
}

// swarm makes the directories of a thousand slots.
func swarm(b *testing.B) string {
	b.Helper()
	root := b.TempDir()
	for i := range 1000 {
		dir := filepath.Join(root, ".bones", "swarm", fmt.Sprintf("slot-%04d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		line := `{"event":"commit","files":2,"message":"m","sha":"9c4e","slot":"a","ts":"2026-03-02T09:01:00Z"}` + "\n"
		for name, text := range map[string]string{bonesdir.SlotPID: strconv.Itoa(4194000-i) + "\n", bonesdir.SlotLog: line} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	return root
}

func BenchmarkScan1000(b *testing.B) {
	root := swarm(b)
	for b.Loop() {
		if all, err := Scan(root); err != nil || len(all) != 1000 {
			b.Fatalf("%d slots, %v", len(all), err)
		}
	}
}

func BenchmarkRescan1000(b *testing.B) {
	d := bonesdir.At(swarm(b))
	known, err := scan(d, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if known, err = scan(d, known); err != nil || len(known) != 1000 {
			b.Fatalf("%d slots, %v", len(known), err)
		}
	}
}

// busy is a server with a thousand sessions.
func busy(b *testing.B) (*nats.Conn, jetstream.KeyValue) {
	b.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: b.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		b.Fatal(err)
	}
	s.Start()
	b.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	if err := EnsureBuckets(b.Context(), nc); err != nil {
		b.Fatal(err)
	}
	kv, err := bind(b.Context(), nc, BucketSessions)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		renew(b, kv, i)
	}
	return nc, kv
}

func renew(b *testing.B, kv jetstream.KeyValue, i int) {
	b.Helper()
	r := sessionRecord(fmt.Sprintf("slot-%04d", i), 0, time.Now())
	if _, err := kv.Put(context.Background(), r.key, r.value); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkLive1000(b *testing.B) {
	nc, _ := busy(b)
	root := b.TempDir()
	for b.Loop() {
		if live, err := Live(b.Context(), root, nc); err != nil || len(live) != 1000 {
			b.Fatalf("%d slots, %v", len(live), err)
		}
	}
}

// BenchmarkRenewal is the time from the start of a renewal's write to the snapshot
// that shows it, among a thousand sessions, when no snapshot was taken just before.
func BenchmarkRenewal(b *testing.B) {
	nc, kv := busy(b)
	w := Watch(b.TempDir(), nc)
	defer w.Close()
	for all := []Slot(nil); len(all) != 1000; {
		var err error
		if all, err = w.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		<-time.After(2 * defaultPace().snapshot)
		b.StartTimer()
		renew(b, kv, i%1000)
		if _, err := w.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
