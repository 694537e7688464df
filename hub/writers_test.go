package hub_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

// writers publish to one hub, and push to it, whatever becomes of its directory.
type writers struct {
	conn *nats.Conn
	end  context.CancelFunc
	work sync.WaitGroup

	mu       sync.Mutex
	tries    []try
	messages map[uint64]string // acknowledged
	pushErr  error             // of the last push
}

// try is one attempt to write.
type try struct {
	push  bool
	begun time.Time
	acked bool
}

func startPublishing(tb testing.TB, h *hub.Hub) *writers {
	tb.Helper()
	st, err := h.Status(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	nc, err := nats.Connect(st.NATS.URL)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &writers{conn: nc, end: cancel, messages: map[uint64]string{}}
	tb.Cleanup(func() { w.stop(); nc.Close() })
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	w.work.Go(func() { w.publish(ctx, js) })
	return w
}

func startWriters(tb testing.TB, h *hub.Hub) *writers {
	tb.Helper()
	w := startPublishing(tb, h)
	st, err := h.Status(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	to := fossil.NewHTTPTransport(st.Fossil.URL)
	clone, err := fossil.Clone(tb.Context(), filepath.Join(tb.TempDir(), "clone.fossil"), to, fossil.CloneOptions{RelaxedSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var pushing sync.WaitGroup
	pushing.Go(func() {
		if err := w.push(ctx, clone, to); err != nil && ctx.Err() == nil {
			tb.Errorf("commit: %v", err)
		}
	})
	tb.Cleanup(func() { cancel(); pushing.Wait(); _ = clone.Close() })
	return w
}

func (w *writers) stop() {
	w.end()
	w.work.Wait()
}

func (w *writers) note(t try) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tries = append(w.tries, t)
}

func (w *writers) publish(ctx context.Context, js jetstream.JetStream) {
	for i := 0; ctx.Err() == nil; i++ {
		subject := fmt.Sprintf("tasks.events.w%d", i)
		begun := time.Now()
		limited, cancel := context.WithTimeout(ctx, 2*time.Second)
		ack, err := js.Publish(limited, subject, []byte(`{"type":9,"task_id":"x","payload":{}}`))
		cancel()
		if err == nil {
			w.mu.Lock()
			w.messages[ack.Sequence] = subject
			w.mu.Unlock()
		}
		w.note(try{begun: begun, acked: err == nil})
		pauseFor(ctx, 2*time.Millisecond)
	}
}

func (w *writers) push(ctx context.Context, clone *fossil.Repo, to fossil.Transport) error {
	for i := 0; ctx.Err() == nil; i++ {
		begun := time.Now()
		_, err := clone.Commit(ctx, fossil.Commit{
			Branch: fossil.Trunk, User: "slot-a", Comment: fmt.Sprint("work ", i), Time: begun,
			Files: []fossil.File{{Name: "work.txt", Content: fmt.Append(nil, "line ", i, "\n")}},
		})
		if err != nil {
			return err
		}
		_, err = clone.Push(ctx, to, fossil.SyncOptions{})
		w.mu.Lock()
		w.pushErr = err
		w.mu.Unlock()
		w.note(try{push: true, begun: begun, acked: err == nil})
		pauseFor(ctx, 10*time.Millisecond)
	}
	return nil
}

func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// count is how many attempts that began after since ended so.
func (w *writers) count(acked bool, since time.Time) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.tries {
		if t.acked == acked && t.begun.After(since) {
			n++
		}
	}
	return n
}

// both reports whether n publishes and n pushes that began after since ended so.
func (w *writers) both(n int, acked bool, since time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	var done [2]int
	for _, t := range w.tries {
		switch {
		case t.acked != acked || !t.begun.After(since):
		case t.push:
			done[0]++
		default:
			done[1]++
		}
	}
	return min(done[0], done[1]) >= n
}

func (w *writers) pushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pushErr
}

func (w *writers) acked() map[uint64]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.messages
}

// message returns the subject of a task event that a hub holds.
func message(h *hub.Hub, seq uint64) (string, error) {
	js, err := jetstream.New(h.Conn())
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s, err := js.Stream(ctx, slots.StreamTaskEvents)
	if err != nil {
		return "", err
	}
	m, err := s.GetMsg(ctx, seq)
	if err != nil {
		return "", err
	}
	return m.Subject, nil
}
