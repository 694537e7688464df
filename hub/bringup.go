package hub

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/seed"
)

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
		{"standby", r.standBy},
		{"role", r.takeRole},
		{"hold", r.hold},
		{"log", r.startLog},
		{"pid", r.writePID},
		{"reseed", func(ctx context.Context) error { return r.reseedFirst(ctx, tree) }},
		{"services", func(ctx context.Context) error { return r.startServices(ctx, tree) }},
		{"incidents", func(ctx context.Context) error { r.tellIncidents(ctx); return nil }},
		{"status", r.serveStatus},
		{"recovery", r.recoverTasks},
		{"marks", r.keepMarks},
		{"projector", r.startProjector},
		{"copies", r.keepCopies},
		{"http", r.serveHTTP},
		{"slots", r.pruneSlots},
		{"sync", r.bridgeSync},
		{"answer", r.awaitAnswers},
		{"urls", r.recordURLs},
		{"registry", r.register},
		{"keeper", r.keep},
		{"ready", r.startWatchers},
		{"storage", r.watchStorage},
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
// that exists can be served without git; a new one cannot be seeded. What is not
// safely ours is never opened, whether or not git tracks it. A hub that has inherited
// the workspace is past the others: it must come up.
func (r *running) gates(ctx context.Context) (*gittree.Tree, error) {
	tree, err := seed.ReadTree(ctx, r.dir)
	if errors.Is(err, ErrTrackedState) || ctx.Err() != nil {
		return nil, err // before anything in the state directory is opened
	}
	if err := r.dir.Check(); err != nil {
		return nil, err
	}
	if !r.hub.heir {
		if err := checkWorktrees(r.dir.Root); err != nil {
			return nil, err
		}
		if err := mustBeFree(r.dir); err != nil {
			return nil, err
		}
		if err := r.checkOrigin(); err != nil {
			return nil, err
		}
	}
	if err == nil {
		return tree, nil
	}
	if seed.NeedsGit(r.dir, r.set.reseed) {
		return nil, err
	}
	r.set.warnings = append(r.set.warnings, fmt.Sprintf("git is not readable, trunk stays as it is: %v", err))
	return nil, nil
}
