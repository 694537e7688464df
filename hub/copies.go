package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/internal/slotwork"
)

const (
	// copyAfter is how long after a check-in a copy is brought up to date: those of a
	// moment go together.
	copyAfter = 300 * time.Millisecond
	// treesEvery is how often the worktrees of slots are looked at, at most, and treesRest
	// how many times as long as a look they are then left alone.
	treesEvery = 5 * time.Second
	treesRest  = 100
	// treesWithin bounds the last look, so that a stop has time for the rest.
	treesWithin = 10 * time.Second
)

// keepCopies has a copy of what git has not received, and of what slots have not checked in,
// in the recovery directory: from now on, after each check-in, and at the stop.
func (r *running) keepCopies(context.Context) error {
	if r.damage.Load() != nil { // what can be read of it is served, and nothing is added
		return nil
	}
	c := &copier{r: r, taker: copies.NewTaker(r.dir, r.hub.runID), news: make(chan struct{}, 1), ended: make(chan struct{}), leave: make(chan struct{}), stale: true}
	cancel := r.repo.Subscribe(func(fossil.CheckIn) {
		select {
		case c.news <- struct{}{}:
		default:
		}
	})
	r.onRelease("copies", func(ctx context.Context) error {
		cancel()
		close(c.leave)
		<-c.ended
		c.last(ctx)
		return nil
	})
	r.spawn("copies", r.whileHeld(func(ctx context.Context) error {
		defer close(c.ended)
		c.run(ctx)
		if errors.Is(context.Cause(ctx), errLost) {
			c.saveLost(ctx)
		}
		return nil
	}))
	return nil
}

func (c *copier) run(ctx context.Context) {
	c.take(ctx)
	c.prune(ctx, true)
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			begun := time.Now()
			c.lookAtNotes(ctx)
			c.saveTrees(ctx)
			look.Reset(max(treesEvery, treesRest*time.Since(begun)))
		case <-c.news:
			c.stale = true
			select {
			case <-time.After(copyAfter):
				c.take(ctx)
			case <-ctx.Done():
			}
		}
	}
}

// last is done at a stop, when nobody can check in any more.
func (c *copier) last(ctx context.Context) {
	if c.r.loss.Load() != nil || c.r.damage.Load() != nil {
		return
	}
	select {
	case <-c.news:
		c.stale = true
	default:
	}
	goesOn := c.r.hub.goesOn()
	if c.stale || !goesOn { // another process may have checked in without a word
		c.take(ctx)
	}
	if c.stale && ctx.Err() != nil {
		c.r.log.Lifecycle(LevelWarn, "hub: the stop was cut before %s had what was checked in last", c.r.dir.Recovery())
	}
	if goesOn { // who follows has the slots too
		return
	}
	brief, end := context.WithTimeout(ctx, treesWithin)
	defer end()
	c.saveTrees(brief)
	if brief.Err() != nil {
		c.r.log.Lifecycle(LevelWarn, "hub: the stop was cut before all edits of slots were saved in %s", c.r.dir.Recovery())
	}
	c.prune(brief, false)
}

// lookAtNotes brings the copy up to date if notes have changed: nobody is told of them.
func (c *copier) lookAtNotes(ctx context.Context) {
	notes, err := c.r.repo.Notes(ctx, 0)
	if err != nil || slices.Equal(notes, c.notes) {
		return
	}
	c.notes, c.stale = notes, true
	c.take(ctx)
}

// take brings the copy up to date if git has not everything.
func (c *copier) take(ctx context.Context) {
	c.given = seed.LastApplied(c.r.dir)
	all, err := seed.InGit(ctx, c.r.repo, c.given)
	if err == nil && !all {
		err = c.taker.Take(ctx, c.r.repo)
	}
	if err != nil {
		c.failed(ctx, "the second copy of the repository", err)
		return
	}
	c.stale = false
}

func (c *copier) failed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		c.r.often("copies: "+what, what+" could not be taken", err)
	}
}

// saveTrees saves what slots have that the repository has not.
func (c *copier) saveTrees(ctx context.Context) {
	dir := c.r.dir
	entries, err := inside.ReadDir(dir.State, dir.Swarm())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.failed(ctx, "a copy of the worktrees", err)
		}
		return
	}
	here := map[string]struct{}{}
	for _, e := range entries {
		if !e.IsDir() || ctx.Err() != nil {
			continue
		}
		here[e.Name()] = struct{}{}
		if err := c.saveSlot(ctx, e.Name()); err != nil {
			c.failed(ctx, "a copy of the work of slot "+e.Name(), err)
		}
	}
	if ctx.Err() == nil {
		c.taker.Retain(here)
	}
}

// allEdits is no limit.
const allEdits = 1 << 30

func (c *copier) saveSlot(ctx context.Context, slot string) error {
	dir := c.r.dir.Slot(slot)
	if err := bonesdir.CheckSlot(dir); err != nil {
		return err
	}
	w := copies.Work{Slot: slot, Tree: filepath.Join(dir, bonesdir.SlotTree)}
	clonePath := filepath.Join(dir, bonesdir.SlotClone)
	clone, err := fossil.Open(ctx, clonePath, fossil.ReadOnly, fossil.WithoutCheck())
	if clone != nil {
		defer func() { _ = clone.Close() }() // read only: nothing to lose
	}
	if err == nil {
		if ok, err := slotwork.Pushed(ctx, c.r.repo, clone); err != nil || !ok {
			w.Clone, w.Stamp = clone, fmt.Sprint(seed.StampOf(clonePath), seed.StampOf(clonePath+"-wal"))
		}
	}
	if _, err := inside.Stat(dir, w.Tree, inside.Directory); err == nil {
		tree, err := fossil.ReadWorktree(ctx, w.Tree, clonePath, allEdits)
		if err != nil && ctx.Err() == nil { // what it stands on is unknown: all of it is work
			tree, err = fossil.ReadTree(ctx, w.Tree, allEdits)
		}
		if err != nil {
			return err
		}
		w.CheckIn, w.Edits = tree.CheckIn, tree.Edits
	}
	if len(w.Edits) == 0 && w.Clone == nil {
		return nil
	}
	return c.taker.Save(ctx, w)
}

// prune removes copies of which git has everything; going says that the hub goes on with its
// own.
func (c *copier) prune(ctx context.Context, going bool) {
	keep := ""
	if going {
		keep = c.taker.Home()
	}
	removed, err := pruneCopies(ctx, c.r.dir, c.r.repo, keep)
	if err != nil && ctx.Err() == nil {
		c.r.often("copies: prune", "old copies could not be removed", err)
	}
	if len(removed) > 0 {
		c.r.log.Lifecycle(LevelInfo, "hub: git has what was in %s; removed %s", plural.Of(len(removed), "copy"), strings.Join(removed, ", "))
	}
}
