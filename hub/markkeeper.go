package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"bones-tui/hub/internal/blocks"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/natsd"
)

// marksEvery is how much history a crash may take from the marks.
const marksEvery = 10 * time.Second

// keepMarks records the marks now, every few seconds, and at the end. Of the
// repository only the project is known at once; its history is read after the start.
func (r *running) keepMarks(context.Context) error {
	mark := lastrun.RepositoryMark{Since: time.Now().UTC()}
	if was := r.marks.Repository; was != nil {
		mark.Since = was.Since
		if was.Project == r.repo.ProjectCode() {
			mark = *was
		}
	}
	mark.Project, mark.Coming = r.repo.ProjectCode(), ""
	k := &markKeeper{r: r, last: lastrun.Marks{Recovered: r.marks.Recovered, Run: r.hub.runID, Repository: &mark}}
	if err := k.begin(); err != nil {
		return err
	}
	r.marker = k
	r.onRelease("marks", func(ctx context.Context) error {
		if r.loss.Load() != nil {
			return nil // JetStream is off, and the marks of its last moment are of no use
		}
		if err := k.end(ctx, r.hub.goesOn()); !errors.Is(err, natsd.ErrNotRunning) {
			return err
		}
		return nil // the server has ended before us and cannot be asked
	})
	r.spawn("marks", r.whileHeld(func(ctx context.Context) error {
		tick := time.NewTicker(marksEvery)
		defer tick.Stop()
		for {
			if err := k.record(ctx); err != nil && ctx.Err() == nil {
				r.often("marks", "keep the marks of store and repository", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}))
	return nil
}

// begin writes the first marks of a run.
func (k *markKeeper) begin() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.last
	if err := k.streams(&m); err != nil {
		return err
	}
	return k.write(m)
}

// streams fills in how the store is.
func (k *markKeeper) streams(m *lastrun.Marks) (err error) {
	if m.Streams, err = lastrun.Streams(k.r.nats); err != nil {
		return fmt.Errorf("read streams: %w", err)
	}
	if maps.Equal(k.last.Streams, m.Streams) {
		return nil
	}
	if m.Blocks, err = k.r.lookAtBlocks(); err != nil {
		m.Blocks = nil // they are all read at the next start
	}
	return nil
}

// record writes the marks if a stream or the repository has moved.
func (k *markKeeper) record(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	m, moved, err := k.look(ctx)
	if err != nil || !moved {
		return err
	}
	return k.write(m)
}

// look returns the marks as they are now, and whether they are others than the last.
func (k *markKeeper) look(ctx context.Context) (m lastrun.Marks, moved bool, err error) {
	m = k.last
	if err := k.streams(&m); err != nil {
		return k.last, false, err
	}
	m.Repository = k.r.markRepository(ctx, k.last.Repository)
	return m, !maps.Equal(k.last.Streams, m.Streams) || !m.Repository.Same(k.last.Repository), nil
}

// end takes note of how the run leaves everything. Who follows at once reads it now; else it is
// written when the store is closed.
func (k *markKeeper) end(ctx context.Context, goesOn bool) error {
	if goesOn {
		return k.record(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	m, _, err := k.look(ctx)
	if err == nil {
		k.last, k.done = m, true
	}
	return err
}

// seal writes the marks of a run that has ended: nobody writes to the store any more.
func (r *running) seal() error {
	k := r.marker
	if k == nil || r.loss.Load() != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.done {
		return nil
	}
	m := k.last
	var err error
	if m.Blocks, err = r.lookAtBlocks(); err != nil {
		m.Blocks = nil // they are all read at the next start
	}
	m.Closed = true
	return k.write(m)
}

func (r *running) lookAtBlocks() (blocks.Stamps, error) {
	return blocks.Look(r.dir.State, lastrun.StreamsDir(r.dir))
}
