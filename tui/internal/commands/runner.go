// Package commands runs what must not be done in Update: whatever waits, reads or writes.
package commands

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Runner makes commands, and owns them: they run under one context, and Close waits for them.
type Runner struct {
	ctx    context.Context
	cancel context.CancelFunc
	panics

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// New returns a runner whose commands end with ctx at the latest.
func New(ctx context.Context) *Runner {
	r := &Runner{}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

// Close ends every command and waits for it.
func (r *Runner) Close() {
	r.cancel()
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.running.Wait()
}

// Do makes a command. Commands that start after Close do nothing.
func (r *Runner) Do(f func(context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		r.mu.Lock()
		if r.closed {
			r.mu.Unlock()
			return nil
		}
		r.running.Add(1)
		r.mu.Unlock()
		defer r.running.Done()
		defer r.Pass()
		return f(r.ctx)
	}
}

// After sends a message once a time has passed.
func (r *Runner) After(d time.Duration, msg func() tea.Msg) tea.Cmd {
	return r.Do(func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return msg()
		}
	})
}
