package hub

import (
	"context"
	"fmt"

	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

func (r *running) seed(ctx context.Context, tree *gittree.Tree) error {
	if tree == nil || r.damage.Load() != nil {
		return nil
	}
	s := seed.Seeder{Repo: r.repo, LastApplied: seed.LastApplied(r.dir)}
	s.Progress = func(done, total int) { r.hub.setStep(fmt.Sprintf("seed %d/%d", done, total)) }
	res, err := s.Seed(ctx, tree)
	if err != nil {
		return err
	}
	r.seeded = res
	for _, left := range tree.Left {
		r.log.Lifecycle(LevelWarn, "hub: %v", left)
	}
	if p := tree.Pending(); p != "" {
		r.log.Lifecycle(LevelWarn, "hub: %s", p)
	}
	if res.Unapplied > 0 {
		r.log.Lifecycle(LevelWarn, "hub: git has moved to %s but trunk has %s; trunk is kept as it is", res.Base, unappliedCheckIns(res.Unapplied))
	}
	if res.Files > 0 {
		r.log.Lifecycle(LevelInfo, "hub: seeded %s from git %s", plural.Of(res.Files, "file"), res.Base)
	}
	return nil
}

// unappliedCheckIns counts them in words.
func unappliedCheckIns(n int64) string {
	if n == 1 {
		return "1 unapplied check-in"
	}
	return fmt.Sprintf("%d unapplied check-ins", n)
}
