package checkup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/slotwork"
	"bones-tui/slots"
)

// snapshotWithin bounds the wait for the sessions of a hub that answers.
const snapshotWithin = 2 * time.Second

// slots looks for sessions that nobody renews, and for work that only a slot's
// directory holds.
func (c *examination) slots(ctx context.Context) {
	w := slots.Watch(c.dir.Root, c.conn)
	defer func() { _ = w.Close() }()
	ctx, cancel := context.WithTimeout(ctx, snapshotWithin)
	defer cancel()
	all, err := w.Next(ctx)
	if err != nil {
		c.warn("", "the slots cannot be read: %v", err)
		return
	}
	host, _ := os.Hostname() // unknown: every session counts as another host's
	now, troubled := time.Now(), false
	for _, s := range all {
		troubled = c.slot(ctx, s, s.State(now, host)) || troubled
	}
	if !troubled {
		c.ok("%s, none stale, none with work at risk", plural.Of(len(all), "slot"))
	}
}

// slot reports whether something is to be said about one slot.
func (c *examination) slot(ctx context.Context, s slots.Slot, state slots.State) bool {
	if state == slots.Active || state == slots.Remote {
		return false
	}
	held, err := c.holdsWork(ctx, s)
	told := true
	switch {
	case state == slots.Orphan && c.conn == nil && !held:
		told = false // without a hub no session can be seen
	case err != nil:
		c.warn("look at "+c.dir.Slot(s.Name), "slot %s is %s, and what it holds cannot be told: %v", s.Name, state, err)
	case held:
		c.warn("look at "+filepath.Join(c.dir.Slot(s.Name), "wt"), "slot %s is %s, and its worktree holds work that trunk has not", s.Name, state)
	case s.HasSession && state != slots.Closing:
		c.warn("bones swarm close --slot="+s.Name+" --result=fail", "slot %s is %s; nothing would be lost with it", s.Name, state)
	case s.HasDir && s.PID > 0 && !s.PIDAlive:
		c.warn("bones-tui hub restart", "slot %s is over and clean; the next start removes its directory", s.Name)
	default:
		told = false
	}
	return told
}

// holdsWork reports whether a slot's directory holds what the repository has not.
func (c *examination) holdsWork(ctx context.Context, s slots.Slot) (bool, error) {
	entries, err := inside.ReadDir(c.dir.State, filepath.Join(c.dir.Slot(s.Name), bonesdir.SlotTree))
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if c.repo == nil {
		return true, nil
	}
	clean, err := slotwork.Clean(ctx, c.repo, c.dir.Slot(s.Name))
	return !clean, err
}
