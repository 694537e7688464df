package hub

import (
	"context"

	"bones-tui/hub/internal/slotwork"
	"bones-tui/slots"
)

// pruneSlots removes slot directories that nobody can miss.
func (r *running) pruneSlots(ctx context.Context) error {
	pruned, err := slots.Pruner{Root: r.dir.Root, Conn: r.conn, Clean: r.cleanSlot}.Prune(ctx)
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: slot prune: %v", err)
	}
	for _, name := range pruned.Removed {
		if saved := pruned.Saved[name]; saved != "" {
			r.log.Lifecycle(LevelInfo, "hub: removed dead slot %s, its work is kept in %s", name, saved)
			continue
		}
		r.log.Lifecycle(LevelInfo, "hub: removed dead slot %s", name)
	}
	return nil
}

// cleanSlot reports whether the hub has all that a slot holds: its worktree, if it has
// files, is as checked out, and its clone ends in check-ins that were pushed.
func (r *running) cleanSlot(ctx context.Context, slotDir string) (bool, error) {
	return slotwork.Clean(ctx, r.repo, slotDir)
}
