package checkup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"bones-tui/hub/internal/blocks"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/internal/owner"
)

// incidents tells what went wrong and nobody has dismissed. Without a hub it also makes the
// comparisons that the next start will make, but for those that need a server.
func (c *examination) incidents(ctx context.Context) {
	record, err := incident.Read(c.dir)
	if err != nil {
		c.warn("rm "+c.dir.Incidents(), "%v; it counts as empty", err)
	}
	open := record.Open()
	for _, i := range open {
		c.fail(i.Steps(), "%s (found at %s)", i.Text, i.At.UTC().Format(time.RFC3339))
	}
	n := len(open)
	if c.whose.Answer == owner.Free {
		for _, f := range c.compare(ctx) {
			if i := f.Incident(c.dir, time.Now()); !record.Knows(i.ID) {
				c.fail(i.Next, "%s (the next start puts it on record)", i.Text)
				n++
			}
		}
	}
	if n == 0 && err == nil {
		c.ok("nothing was lost that nobody has seen")
	}
}

// compare finds what the next start will find, as far as files tell.
func (c *examination) compare(ctx context.Context) (found []incident.Found) {
	m, err := lastrun.Last(c.dir)
	if err != nil {
		return nil // the check of the store says so
	}
	damaged, err := blocks.Scan(ctx, c.dir.State, lastrun.StreamsDir(c.dir), m.Blocks, m.Closed)
	for _, d := range damaged {
		found = append(found, lastrun.DamagedBlock(d))
	}
	errs := []error{err}
	if c.repo != nil && m.Repository != nil {
		again, err := lastrun.CompareRepository(ctx, c.repo, m, false)
		missing, _, failed := lastrun.MissingCheckIns(ctx, c.dir, c.repo, m.Repository.Since)
		found = append(append(found, again...), missing...)
		errs = append(errs, err, failed)
	}
	if c.repo == nil && m.Repository != nil && m.Repository.Project != "" {
		if _, err := os.Lstat(c.dir.Fossil()); errors.Is(err, fs.ErrNotExist) {
			found = append(found, lastrun.GoneRepository(m, "and a fresh one will be made"))
		}
	}
	copied, err := lastrun.CopiedCheckouts(ctx, c.dir)
	found = append(found, copied...)
	if err := errors.Join(append(errs, err)...); err != nil && ctx.Err() == nil {
		c.warn("", "not everything could be compared with the last run: %v", err)
	}
	return found
}
