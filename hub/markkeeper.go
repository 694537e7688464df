package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/blocks"
	"bones-tui/hub/natsd"
)

// markKeeper writes the marks of a running hub.
type markKeeper struct {
	r *running

	mu   sync.Mutex
	last marks
}

// marksEvery is how much history a crash may take from the marks.
const marksEvery = 10 * time.Second

// keepMarks records the marks now, every few seconds, and at the end.
func (r *running) keepMarks(ctx context.Context) error {
	k := &markKeeper{r: r, last: marks{Recovered: r.marks.Recovered, Run: r.hub.runID}}
	if was := r.marks.Repository; was != nil {
		k.last.Repository = &repositoryMark{Since: was.Since}
	}
	if err := k.record(ctx); err != nil {
		return err
	}
	r.marker = k
	r.onRelease("marks", func(ctx context.Context) error {
		if r.loss.Load() != nil {
			return nil // JetStream is off, and the marks of its last moment are of no use
		}
		if err := k.record(ctx); !errors.Is(err, natsd.ErrNotRunning) {
			return err
		}
		return nil // the server has ended before us and cannot be asked
	})
	r.spawn("marks", r.whileHeld(func(ctx context.Context) error {
		tick := time.NewTicker(marksEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if err := k.record(ctx); err != nil && ctx.Err() == nil {
					r.often("marks", "keep the marks of store and repository", err)
				}
			}
		}
	}))
	return nil
}

// record writes the marks if a stream or the repository has moved.
func (k *markKeeper) record(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	streams, err := currentStreams(k.r.nats)
	if err != nil {
		return fmt.Errorf("read streams: %w", err)
	}
	m := k.last
	m.Repository = k.r.markRepository(ctx, k.last.Repository)
	if moved := !maps.Equal(k.last.Streams, streams); moved {
		m.Streams = streams
		if m.Blocks, err = k.r.lookAtBlocks(); err != nil {
			m.Blocks = nil // they are all read at the next start
		}
	} else if m.Repository.same(k.last.Repository) {
		return nil
	}
	return k.write(m)
}

func (k *markKeeper) write(m marks) error {
	if err := m.write(k.r.held); err != nil {
		return err
	}
	k.last = m
	return nil
}

// settle takes note that what slots have told until then has been looked at.
func (k *markKeeper) settle(until time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.last
	if m.Repository == nil {
		return nil
	}
	mark := *m.Repository
	mark.Since = until.UTC()
	m.Repository = &mark
	return k.write(m)
}

// seal takes note that nobody writes to the store any more. Who follows at once has no use for
// it.
func (r *running) seal() error {
	if r.marker == nil || r.loss.Load() != nil || r.hub.goesOn() {
		return nil
	}
	stamps, err := r.lookAtBlocks()
	if err != nil {
		return err
	}
	k := r.marker
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.last
	m.Blocks, m.Closed = stamps, true
	return k.write(m)
}

// streamsDir is where the streams of the one account are.
func streamsDir(d bonesdir.Dir) string { return filepath.Join(d.Coord(), streamsBelow) }

func (r *running) lookAtBlocks() (blocks.Stamps, error) {
	return blocks.Look(r.dir.State, streamsDir(r.dir))
}
