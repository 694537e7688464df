//go:build unix

package reference

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Counts are the outcomes of many verbs.
type Counts struct {
	Failed, Running, Locked, Started int
	Err                              error // the first one
}

// Tries returns how many verbs there were.
func (c Counts) Tries() int { return c.Failed + c.Running + c.Locked + c.Started }

func (c *Counts) add(o Outcome, err error) {
	switch o {
	case Failed:
		c.Failed++
	case Running:
		c.Running++
	case Locked:
		c.Locked++
	case Started:
		c.Started++
	}
	if c.Err == nil {
		c.Err = err
	}
}

// maxPause bounds the random pause between two verbs of a loop. It leaves the machine
// to those whom the verbs disturb, and has them come at any moment.
const maxPause = 4 * time.Millisecond

// Loop runs n starters, each with one Verb after the other, until ctx ends. It returns
// when the last one has ended.
func Loop(ctx context.Context, root string, n int) Counts {
	var mu sync.Mutex
	var all Counts
	var starters sync.WaitGroup
	for range n {
		starters.Go(func() {
			for pause(ctx) {
				o, err := Verb(context.WithoutCancel(ctx), root)
				mu.Lock()
				all.add(o, err)
				mu.Unlock()
			}
		})
	}
	starters.Wait()
	return all
}

// pause waits for a moment and reports whether ctx goes on.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(rand.N(maxPause)):
		return true
	}
}
