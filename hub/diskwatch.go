package hub

import (
	"context"
	"time"

	"bones-tui/hub/internal/usage"
)

const (
	// diskEvery is how often a hub measures, at most, and diskRest how many times as long as
	// that took it then rests.
	diskEvery = 30 * time.Second
	diskRest  = 100
)

// watchDisk measures until ctx ends.
func (r *running) watchDisk(ctx context.Context) error {
	var seen usage.Watch
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
		u, err := usage.Measure(ctx, r.dir, r.held)
		if err != nil { // it is about to end
			return nil //nolint:nilerr // with its context
		}
		took := time.Since(u.At)
		u = seen.Add(u)
		r.usage.Store(&u)
		next.Reset(max(diskEvery, diskRest*took))
	}
}
