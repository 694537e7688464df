package hub

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

func (r *running) onRelease(name string, do func(context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.undo = append(r.undo, undo{name, do})
}

// release undoes the bring-up, newest step first, within the drain timeout, and
// returns what ended the hub and what went wrong while letting go.
func (r *running) release() error {
	ctx, cancel := r.hub.drainContext()
	defer cancel()
	behind := false // something goes on
	for len(r.undo) > 0 {
		last := r.undo[len(r.undo)-1]
		r.undo = r.undo[:len(r.undo)-1]
		if last.name == "role" && behind {
			r.hub.keepLock() // what goes on may still write: all locks go when the process does
			break
		}
		ended, err := bounded(ctx, func() error { return errors.Join(r.hub.reach(last.name, true), last.do(ctx)) })
		behind = behind || !ended
		r.released(ctx, last.name, err)
	}
	return r.outcome()
}

// released takes note of how one step of the release ended.
func (r *running) released(ctx context.Context, step string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() != nil && !slices.Contains(r.errs, ErrDrainTimeout) {
		r.errs = append(r.errs, ErrDrainTimeout)
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		r.errs = append(r.errs, fmt.Errorf("hub: stop: %s: %w", step, err))
	}
}

// outcome is what has ended the hub and what went wrong in the release so far.
func (r *running) outcome() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(append([]error{r.failure}, r.errs...)...)
}

// bounded does something that may not return: a stalled disk heeds no context. It waits
// until soon after the end of ctx; what has not ended then goes on behind it.
func bounded(ctx context.Context, do func() error) (ended bool, err error) {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return true, err
	case <-ctx.Done():
	}
	t := time.NewTimer(afterCut)
	defer t.Stop()
	select {
	case err := <-done:
		return true, err
	case <-t.C:
		return false, ctx.Err()
	}
}

// awaitParts waits for everything that spawn started.
func (r *running) awaitParts(context.Context) error {
	err := r.group.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failure = err
	return nil
}

// closeLog writes the last line of a run that was ready.
func (r *running) closeLog(context.Context) error {
	switch err := r.outcome(); {
	case !r.ready:
	case err != nil:
		r.log.Lifecycle(LevelError, "hub: stopped with drain error: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	default:
		r.log.Lifecycle(LevelInfo, "hub: stopped")
	}
	return r.log.Close()
}

// spawn runs a part of the hub until ctx ends. If it returns an error or panics,
// the hub drains.
func (r *running) spawn(name string, part func(context.Context) error) {
	r.group.Go(func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("hub: %s: panic: %v", name, p)
				_ = r.log.Log(LogEntry{Level: LevelError, Event: EventError, Err: err.Error(), Msg: "hub: " + firstFrames(debug.Stack())})
			}
		}()
		if err := part(r.ctx); err != nil && r.ctx.Err() == nil {
			r.log.Lifecycle(LevelError, "hub: %s failed: %v", name, err)
			return fmt.Errorf("hub: %s: %w", name, err)
		}
		return nil
	})
}

// firstFrames shortens a stack to what fits a log line.
func firstFrames(stack []byte) string {
	lines := strings.SplitN(string(stack), "\n", 16)
	return strings.Join(lines[:len(lines)-1], " | ")
}

// drainContext ends when the drain timeout is over, or soon after a forced
// Shutdown.
func (h *Hub) drainContext() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), h.set.drainTimeout, ErrDrainTimeout)
	hurry := make(chan struct{})
	go func() {
		defer close(hurry)
		select {
		case <-h.cut:
		case <-ctx.Done():
			return
		}
		t := time.NewTimer(ForcedDrainTimeout)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(); <-hurry }
}
