package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

// PruneRecovery removes everything in the recovery directory, and each archive of a
// repository, of which git has all: the check-ins, and for each file of a worktree a check-in
// that has its content. It returns the paths. What cannot be read, or of which there is any
// doubt, stays. No hub may run: the error matches ErrRunning.
func PruneRecovery(ctx context.Context, root string) (removed []string, err error) {
	err = withoutHub(ctx, root, func(r *running) error {
		present, err := seed.Open(ctx, r.dir, r.dir.Fossil(), fossil.ReadOnly)
		if err != nil {
			return fmt.Errorf("hub: prune: %w", errors.Join(err, closeRepo(present)))
		}
		judge, err := judgeBy(ctx, r.dir, present)
		if err == nil {
			removed, err = copies.Prune(ctx, r.dir, "", judge)
		}
		if err == nil {
			var others []string
			others, err = copies.PruneOthers(ctx, r.dir, judge)
			removed = append(removed, others...)
		}
		if len(removed) > 0 {
			r.log.Lifecycle(LevelInfo, "hub: git has what was in %s; removed %s", plural.Of(len(removed), "copy"), strings.Join(removed, ", "))
		}
		return errors.Join(err, present.Close())
	})
	return removed, err
}

// withoutHub does something to a workspace while no hub can come up in it.
func withoutHub(ctx context.Context, root string, do func(r *running) error) (err error) {
	h, err := New(root)
	if err != nil {
		return err
	}
	r := &running{hub: h, dir: h.dir, set: h.set}
	r.group, r.ctx = errgroup.WithContext(ctx)
	if err := mayRecover(r.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.release(), h.leave(true)) }()
	for _, step := range []func(context.Context) error{r.lock, r.takeRole, r.hold, r.openLog} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return do(r)
}
