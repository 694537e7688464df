package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/hublog"
	"bones-tui/hub/registry"
)

// takeOverPoll is how often a hub that takes over tries the lock; it is part of
// the gap that clients see.
const takeOverPoll = 5 * time.Millisecond

// bringUp acquires everything in order. What a step needs undone it says itself.
func (r *running) bringUp(ctx context.Context) error {
	r.group, r.ctx = errgroup.WithContext(ctx)
	tree, err := r.gates(ctx)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"lock", r.lock},
		{"log", r.startLog},
		{"pid", r.writePID},
		{"services", func(ctx context.Context) error { return r.startServices(ctx, tree) }},
		{"status", r.serveStatus},
		{"recovery", r.recoverTasks},
		{"marks", r.keepMarks},
		{"projector", r.startProjector},
		{"http", r.serveHTTP},
		{"slots", r.pruneSlots},
		{"sync", r.bridgeSync},
		{"answer", r.awaitAnswers},
		{"urls", r.recordURLs},
		{"registry", r.register},
		{"ready", r.startWatchers},
	} {
		err := r.hub.reach(step.name, false)
		if err == nil {
			err = step.do(ctx)
		}
		if err != nil {
			if r.log != nil {
				r.log.Lifecycle(LevelError, "hub: bring-up failed: %s: %v", step.name, err)
			}
			if errors.Is(err, ErrRunning) {
				return err
			}
			return &StartError{Step: step.name, Err: err}
		}
	}
	return nil
}

// gates are the refusals that must come before any side effect. A repository
// that exists can be served without git; a new one cannot be seeded. A hub that
// takes over is past the others: the one before it drains already.
func (r *running) gates(ctx context.Context) (*gitTree, error) {
	r.hub.setStep("checks")
	if !r.set.takeOver {
		if err := checkWorktrees(r.dir.Root); err != nil {
			return nil, err
		}
		if pid, ok := otherPID(r.dir); ok {
			return nil, &RunningError{PID: pid}
		}
	}
	tree, err := readGit(ctx, r.dir.Root)
	if err == nil {
		return &tree, nil
	}
	if _, statErr := os.Stat(r.dir.Fossil()); statErr != nil || ctx.Err() != nil {
		return nil, err
	}
	r.set.warnings = append(r.set.warnings, fmt.Sprintf("git is not readable, trunk stays as it is: %v", err))
	return nil, nil
}

func (r *running) lock(ctx context.Context) error {
	if err := r.dir.Create(); err != nil {
		return err
	}
	l, err := r.acquireLock(ctx)
	if err != nil {
		return err
	}
	r.onRelease("lock", func(context.Context) error { return l.Unlock() })
	if pid, ok := otherPID(r.dir); ok { // a hub that does not hold the lock
		return &RunningError{PID: pid}
	}
	close(r.hub.locked)
	return nil
}

// acquireLock takes the workspace's lock. Only a hub that takes over waits for it.
func (r *running) acquireLock(ctx context.Context) (*bonesdir.Lock, error) {
	for {
		l, err := r.dir.Lock()
		var held *bonesdir.LockedError
		switch {
		case !errors.As(err, &held):
			return l, err
		case !r.set.takeOver:
			return nil, &RunningError{PID: held.PID}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(takeOverPoll):
		}
	}
}

func (r *running) openLog(context.Context) (err error) {
	r.log, err = hublog.Open(r.dir.Log(), r.set.level, hublog.WithRotation(r.set.logMax, r.set.logKeep))
	if err != nil {
		return err
	}
	r.onRelease("log", r.closeLog)
	r.onRelease("parts", r.awaitParts)
	return nil
}

func (r *running) startLog(ctx context.Context) error {
	if err := r.openLog(ctx); err != nil {
		return err
	}
	r.log.Lifecycle(LevelInfo, "hub: starting (pid=%d, repo-port=%d, coord-port=%d)", os.Getpid(), r.wantRepoPort(), r.wantCoordPort())
	for _, w := range r.set.warnings {
		r.log.Lifecycle(LevelWarn, "hub: %s", w)
	}
	return nil
}

// writePID comes before any listener, so that whoever finds a port answering
// also finds whose it is.
func (r *running) writePID(context.Context) error {
	if rec, err := r.dir.ReadPID(); err == nil {
		r.log.Lifecycle(LevelWarn, "hub: the last hub (pid %d) did not end cleanly", rec.PID)
	}
	if err := r.dir.WritePID(os.Getpid()); err != nil {
		return err
	}
	r.onRelease("pid", func(context.Context) error { return r.dir.RemovePID() })
	return nil
}

func (r *running) recordURLs(context.Context) error {
	return r.dir.WriteURLs(bonesdir.RecordedPort(r.fossilURL), r.nats.Port())
}

// register lists the hub for the bones CLI. The hub serves on without it.
func (r *running) register(context.Context) error {
	home, err := os.UserHomeDir()
	if err == nil {
		err = registry.Write(home, registry.Row{
			CWD: r.dir.Root, Name: r.dir.Name(), HubURL: r.fossilURL, NATSURL: r.nats.URL(),
			HubPID: os.Getpid(), StartedAt: r.hub.startedAt(),
		})
	}
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: registry write failed (non-fatal): %v", err)
		return nil
	}
	r.onRelease("registry", func(context.Context) error { return registry.Remove(home, r.dir.Root) })
	return nil
}

func (r *running) connect() (err error) {
	r.conn, err = nats.Connect("", r.nats.InProcess(), nats.Name("bones-hub"),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			r.log.Lifecycle(LevelWarn, "hub: own nats connection: %v", err)
		}))
	if err != nil {
		return err
	}
	r.onRelease("connection", func(context.Context) error { r.conn.Close(); return nil })
	return nil
}
