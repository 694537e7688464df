package demo

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
)

// crew is what the agents of one demo share.
type crew struct {
	dir  bonesdir.Dir
	away string        // below it, what agents of other hosts own
	turn chan struct{} // held for a check-in: nobody forks trunk
	seed uint64
}

// Play has the agents work in the workspace until ctx ends, and waits for them.
// They wait for the hub, and for the next one if it goes away. The same seed gives
// the same tasks and the same intentions; how fast the hub answers decides the rest.
// What an agent fails at in its slot goes to the slot's log.
func (w *Workspace) Play(ctx context.Context, seed uint64) {
	c := &crew{
		dir: bonesdir.At(w.Root), away: filepath.Join(w.dir, remoteName),
		turn: make(chan struct{}, 1), seed: seed,
	}
	var all sync.WaitGroup
	for _, p := range cast() {
		a := newAgent(c, p)
		all.Go(func() { a.run(ctx) })
	}
	all.Wait()
}

// hubPoll is how often agents look for a hub.
const hubPoll = 50 * time.Millisecond

// awaitHub returns the URLs of the hub once there is one.
func (c *crew) awaitHub(ctx context.Context) (natsURL, fossilURL string, err error) {
	for {
		natsURL, fossilURL = hub.NATSURL(c.dir.Root), hub.FossilURL(c.dir.Root)
		if natsURL != "" && fossilURL != "" {
			return natsURL, fossilURL, nil
		}
		if err := pause(ctx, hubPoll); err != nil {
			return "", "", err
		}
	}
}

// alone runs f while no other agent does so.
func (c *crew) alone(ctx context.Context, f func() error) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.turn }()
	return f()
}

// random returns the numbers that decide a part of the demo.
func (c *crew) random(what string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, what)
	return rand.New(rand.NewPCG(c.seed, h.Sum64()))
}

// taskID returns the id of a slot's task: its n-th job in the given round.
func (c *crew) taskID(slot string, round, n int) string {
	r := c.random(fmt.Sprintf("task %s %d %d", slot, round, n))
	var id uuid.UUID
	for i := range id {
		id[i] = byte(r.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
	return id.String()
}

// pause waits, and returns ctx's error if that ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
