package logview_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

// TestFollowsSeveralWritersAcrossTheirRotations has writers side by side fill
// and rotate a log while it is followed. They keep so close to the reader that
// no backup is deleted before it could be read.
func TestFollowsSeveralWritersAcrossTheirRotations(t *testing.T) {
	const writers, size = 4, 32 << 10
	lines := 1500
	if testing.Short() {
		lines = 300
	}
	d := newDir(t)
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		defer w.Close()
		done <- logview.Print(ctx, w, d.path, logview.PrintOptions{Follow: true, JSON: true})
	}()
	var read atomic.Int64
	progress := sync.NewCond(&sync.Mutex{})
	var group sync.WaitGroup
	for id := range writers {
		out, err := hublog.Open(d.path, hublog.LevelDebug, hublog.WithRotation(size, 5))
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			defer out.Close()
			for i := range lines {
				progress.L.Lock()
				for int64(writers*i)-read.Load() > 500 && ctx.Err() == nil {
					progress.Wait()
				}
				progress.L.Unlock()
				if err := out.Log(hublog.Entry{Level: hublog.LevelInfo, Event: hublog.EventRPC, Agent: fmt.Sprint(id), TookMs: int64(i + 1)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	next := [writers]int64{}
	in := bufio.NewScanner(r)
	for read.Load() < int64(writers*lines) && in.Scan() {
		e, err := hublog.Decode(in.Bytes())
		if err != nil || len(e.Agent) != 1 {
			t.Fatalf("%q: %v", in.Text(), err)
		}
		if id := e.Agent[0] - '0'; e.TookMs != next[id]+1 {
			t.Fatalf("writer %d: line %d after %d", id, e.TookMs, next[id])
		}
		next[e.Agent[0]-'0']++
		progress.L.Lock()
		read.Add(1)
		progress.L.Unlock()
		progress.Broadcast()
	}
	cancel()
	progress.Broadcast()
	go func() { _, _ = io.Copy(io.Discard, r) }()
	if err := <-done; err != nil {
		t.Error(err)
	}
	group.Wait()
}
