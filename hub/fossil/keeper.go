package fossil

import (
	"context"
	"sync"
	"time"
)

const (
	// checkpointDelay is how long after a commit the log is written back. Until
	// then only programs that read the log see the commit; all of them do.
	checkpointDelay = 250 * time.Millisecond
	// pollEvery is how often commits of other processes are looked for.
	pollEvery = 2 * time.Second
)

// keeper writes the log back some time after commits, and, once somebody wants to
// know, notices commits of other processes. Until then it sleeps.
type keeper struct {
	repo   *Repo
	dirty  chan struct{} // holds one token while something is to be written back
	asked  chan struct{} // holds one token when somebody wants to know
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func startKeeper(r *Repo) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{repo: r, dirty: make(chan struct{}, 1), asked: make(chan struct{}, 1), cancel: cancel}
	k.wg.Go(func() { k.run(ctx) })
	return k
}

// stop ends the goroutine and waits for it.
func (k *keeper) stop() {
	k.cancel()
	k.wg.Wait()
}

// touched says that something was committed.
func (k *keeper) touched() { put(k.dirty) }

// subscribed says that somebody wants to know of commits.
func (k *keeper) subscribed() { put(k.asked) }

// put adds a token, if there is none.
func put(tokens chan struct{}) {
	select {
	case tokens <- struct{}{}:
	default:
	}
}

func (k *keeper) run(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	poll.Stop() // until somebody asks
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.asked:
			poll.Reset(pollEvery)
		case <-poll.C:
			if !k.repo.watch.poll(ctx, k.repo) {
				poll.Stop()
			}
		case <-k.dirty:
			if !pause(ctx, checkpointDelay) {
				return
			}
			_ = k.repo.db.Checkpoint(ctx, false) // tried again after the next commit
		}
	}
}

// pause waits and reports whether the context is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
