package checkup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/disk"

	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/slotwork"
	"bones-tui/hub/internal/usage"
)

// lookWithin bounds what is looked at of all that lies in the state directory.
const lookWithin = 5 * time.Second

// recovery compares what was saved from slots that are no longer there with the repository.
func (c *examination) recovery(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	kept, held, broken, err := c.savedWork(within)
	if len(broken) > 0 && err == nil {
		c.warn("bones-tui hub recover", "what was saved of slots cannot be read, or not all of it: %s", some(broken))
	}
	switch {
	case c.blind && kept > 0:
		c.warn("", "%s of removed slots kept; the repository cannot be read, so what it has of them is unknown", plural.Of(kept, "worktree"))
	case within.Err() != nil && ctx.Err() == nil:
		c.warn("bones-tui hub recover", "what was saved of removed slots is too much to be compared within %s", lookWithin)
	case err != nil:
		c.warn("", "%v", err)
	case kept == 0 && len(broken) > 0: // that is told
	case kept == 0:
		c.ok("no worktree had to be saved")
	case len(held) == 0:
		c.ok("%s of removed slots kept, the repository has all of it; bones-tui hub recover --prune removes what git has too", plural.Of(kept, "worktree"))
	default:
		c.warn("bones-tui hub recover", "%s of removed slots %s what the repository has not: %s", plural.Of(len(held), "saved worktree"), plural.Verb(len(held), "holds", "hold"), some(held))
	}
}

// savedWork counts what is saved of slots that are no longer there, and names those slots
// of which it holds what the repository has not. broken are the names of what cannot be read.
func (c *examination) savedWork(ctx context.Context) (kept int, held, broken []string, err error) {
	trees, err := copies.Trees(ctx, c.dir)
	if err != nil || len(trees) == 0 {
		return 0, nil, nil, err
	}
	var known *slotwork.Trunk
	if !c.blind {
		if known, err = slotwork.ReadTrunk(ctx, c.dir, c.repo); err != nil {
			return 0, nil, nil, fmt.Errorf("what was saved of slots cannot be compared with the repository: %w", err)
		}
	}
	for _, t := range trees {
		if t.Problem != "" {
			broken = append(broken, filepath.Base(t.Path))
			continue
		}
		if _, gone := os.Lstat(c.dir.Slot(t.Slot)); gone == nil && !t.Moved() {
			continue // the slot is looked at itself
		}
		kept++
		if c.blind {
			continue
		}
		if lacks, err := known.Lacks(ctx, t); len(lacks) > 0 || err != nil { // what cannot be read may be the only one
			held = append(held, t.Slot)
		}
	}
	return kept, held, broken, ctx.Err()
}

// some names the first few.
func some(names []string) string {
	const most = 3
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += ", ..."
	}
	return text
}

// size tells how much the state directory takes.
func (c *examination) size(ctx context.Context) {
	if c.usage != nil {
		c.ok("%s", c.usage)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	held, err := c.dir.Hold()
	if errors.Is(err, fs.ErrNotExist) {
		c.ok("there is nothing to measure")
		return
	}
	if err != nil {
		c.warn("", "unknown: %v", err)
		return
	}
	defer func() { _ = held.Close() }() // read only: nothing to lose
	u, err := usage.Measure(ctx, c.dir, held)
	u.Partial = u.Partial || err != nil
	c.ok("%s", u)
}

// Room on the disk below which a checkup complains.
const (
	diskShort = 1 << 30
	diskFull  = 100 << 20
)

func (c *examination) disk(context.Context) {
	usage, err := disk.Usage(c.dir.Root)
	if err != nil {
		c.warn("", "free space is unknown: %v", err)
		return
	}
	const next = "free some space; a hub on a full disk refuses writes"
	left, soon := c.usage.FullSoon()
	switch free := usage.Free; {
	case free < diskFull:
		c.fail(next, "%d MiB free", free>>20)
	case free < diskShort:
		c.warn(next, "%d MiB free", free>>20)
	case soon:
		c.warn("bones-tui hub recover --prune", "%d GiB free, for %s if .bones goes on to grow as it does", free>>30, left.Round(time.Minute))
	default:
		c.ok("%d GiB free", free>>30)
	}
}
