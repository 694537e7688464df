//go:build unix

package natsd_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/internal/disktest"
	"bones-tui/hub/natsd"
)

// ledger takes lines of the server.
type ledger struct {
	mu    sync.Mutex
	lines []string
}

func (l *ledger) log(line natsd.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line.Level+" "+line.Text)
}

func (l *ledger) count(part string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

// await polls until done, for as long as a machine may take that is very busy.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// putUntilFull puts values until one is refused, and returns the revisions of the others.
func putUntilFull(t *testing.T, kv jetstream.KeyValue) (acked []uint64) {
	t.Helper()
	for range 100 {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		rev, err := kv.Put(ctx, fmt.Sprint("k", len(acked)), make([]byte, 10<<10))
		cancel()
		if err != nil {
			return acked
		}
		acked = append(acked, rev)
	}
	t.Fatal("the disk does not get full")
	return nil
}

func TestJetStreamIsBackWhenTheDiskHasRoomAgain(t *testing.T) { disktest.Run(t, comeBack) }

func comeBack(t *testing.T, limit func(uint64) func()) {
	t.Helper()
	var log ledger
	back := make(chan struct{}, 8)
	s := start(t, natsd.Config{SyncAlways: true, Log: log.log, Back: func() { back <- struct{}{} }})
	js := connect(t, s.URL(), nats.ReconnectWait(10*time.Millisecond), nats.MaxReconnects(-1))
	kv := bucket(t, js)
	seen := follow(t, js)
	lift := limit(64 << 10)
	acked := putUntilFull(t, kv)
	await(t, "told", func() bool { return log.count("WARN JetStream takes no messages") == 1 })
	if _, _, err := s.Sample(); !errors.Is(err, natsd.ErrUnhealthy) || len(acked) == 0 {
		t.Errorf("%d puts: %v", len(acked), err)
	}
	if len(back) != 0 {
		t.Error("it is back on a full disk")
	}
	lift()
	select {
	case <-back:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not come back")
	}
	if n := log.count("WARN JetStream takes messages again"); n != 1 {
		t.Errorf("told %d times that it is back", n)
	}
	var rev uint64
	await(t, "a put", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		var err error
		rev, err = kv.PutString(ctx, "after", "v")
		return err == nil
	})
	if last := acked[len(acked)-1]; rev <= last {
		t.Errorf("revision %d follows %d", rev, last)
	}
	for i, want := range acked {
		if e, err := kv.Get(t.Context(), fmt.Sprint("k", i)); err != nil || e.Revision() != want || len(e.Value()) != 10<<10 {
			t.Errorf("value %d is lost: %v", i, err)
		}
	}
	if _, _, err := s.Sample(); err != nil {
		t.Errorf("sample: %v", err)
	}
	for late := time.After(30 * time.Second); ; {
		select {
		case subject := <-seen:
			if subject == "$KV.b.after" {
				return
			}
		case <-late:
			t.Fatal("the consumer sees no more")
		}
	}
}

// follow reads the bucket's stream through a durable consumer.
func follow(t *testing.T, js jetstream.JetStream) <-chan string {
	t.Helper()
	c, err := js.CreateConsumer(t.Context(), "KV_b", jetstream.ConsumerConfig{Durable: "d", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1000)
	reading, err := c.Consume(func(m jetstream.Msg) {
		_ = m.Ack() // or it comes again
		seen <- m.Subject()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reading.Stop(); <-reading.Closed() })
	return seen
}

func TestSwitchedOffStaysOffWhenTheDiskHasRoomAgain(t *testing.T) { disktest.Run(t, stayOff) }

func stayOff(t *testing.T, limit func(uint64) func()) {
	t.Helper()
	var log ledger
	back := make(chan struct{}, 8)
	s := start(t, natsd.Config{SyncAlways: true, Log: log.log, Back: func() { back <- struct{}{} }})
	kv := bucket(t, connect(t, s.URL()))
	lift := limit(64 << 10)
	putUntilFull(t, kv)
	await(t, "told", func() bool { return log.count("WARN JetStream takes no messages") == 1 })
	if err := s.SwitchOff(); err != nil {
		t.Fatal(err)
	}
	lift()
	select {
	case <-back:
		t.Error("it came back")
	case <-time.After(2 * time.Second): // it would be back after half of one
	}
	if _, err := kv.PutString(t.Context(), "k", "v"); err == nil {
		t.Error("a put was acknowledged")
	}
}
