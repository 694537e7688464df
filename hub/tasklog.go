package hub

import (
	"context"
	"time"

	"bones-tui/hub/internal/tasklog"
)

// recoverWithin bounds what a start spends on old task events; the next start goes
// on where this one stopped.
const recoverWithin = 5 * time.Second

// recoverTasks gives effect to task events whose writer died between the event and
// the record. The hub serves on without it.
func (r *running) recoverTasks(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recoverWithin)
	defer cancel()
	done, err := tasklog.Recover(ctx, r.conn, r.natsSince, r.marks.Recovered)
	r.marks.Recovered = done.Settled
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: recovery failed (%v); events that still wait are tried at the next start", err)
		return nil
	}
	r.log.Lifecycle(LevelInfo, "hub: task event-log recovery complete (%d applied, %d skipped)", done.Applied, done.Skipped)
	return nil
}

// startProjector follows events and records from the moment the server could have
// received the first ones.
func (r *running) startProjector(ctx context.Context) error {
	p, err := tasklog.Follow(ctx, r.whole, r.conn, r.natsSince, r.log)
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: rpc-log projector skipped: %v", err)
		return nil
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	r.spawn("projector", func(context.Context) error { // outlives ctx: clients do too
		defer close(ended)
		p.Run(quit)
		return nil
	})
	r.onRelease("projector", func(context.Context) error { close(quit); <-ended; return nil })
	return nil
}
