package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"bones-tui/hub"
	"bones-tui/tui"
)

// attachedHub is the hub of another process, as the screen follows it. It ends with
// that process, or before: a dashboard that has stopped its hub, or has handed it over,
// lives on without one.
type attachedHub struct {
	*hub.Remote
	root   string
	cancel context.CancelFunc
	watch  sync.WaitGroup
	done   chan struct{}
	end    error // set before done is closed
}

// Times of an attachedHub's look at who runs the hub, and of how long nobody may be
// recorded while a process restarts its hub or hands it over.
const (
	lookEvery  = 250 * time.Millisecond
	changeover = 2 * time.Second
)

func follow(r *hub.Remote, root string) *attachedHub {
	ctx, cancel := context.WithCancel(context.Background())
	h := &attachedHub{Remote: r, root: root, cancel: cancel, done: make(chan struct{})}
	h.watch.Go(func() { h.look(ctx) })
	return h
}

// Done is closed when this hub has ended, or runs in another process.
func (h *attachedHub) Done() <-chan struct{} { return h.done }

// Err is nil before the end, and after one in good order; hub.ErrGone after one that
// was not, and tui.ErrMoved if another process runs the hub.
func (h *attachedHub) Err() error {
	select {
	case <-h.done:
		return h.end
	default:
		return nil
	}
}

// Close lets go of the hub and leaves it running.
func (h *attachedHub) Close() error {
	h.cancel()
	h.watch.Wait()
	return h.Remote.Close()
}

func (h *attachedHub) look(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var since time.Time // when nobody was recorded any more
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			pid, live := hub.IsRunning(h.root)
			if pid != 0 {
				since = time.Time{}
			} else if since.IsZero() {
				since = now
			}
			over, err := h.verdict(pid, live, !since.IsZero() && now.Sub(since) >= changeover)
			if over {
				h.end = err
				close(h.done)
				return
			}
		}
	}
}

// verdict says whether the hub is over, and how it ended. A hub that ends in good order
// takes its record away: a record without its process is what a crash leaves.
func (h *attachedHub) verdict(pid int, live, vacant bool) (over bool, err error) {
	switch {
	case live && pid == h.PID():
		return false, nil
	case live:
		return true, tui.ErrMoved
	case pid != 0:
		return true, hub.ErrGone
	default:
		return vacant || errors.Is(h.Remote.Err(), hub.ErrGone), nil
	}
}
