package sqlite

import (
	"context"
	"errors"
	"time"

	"github.com/ncruces/go-sqlite3"
)

const (
	// copyStep is how many pages are copied at a time, and copyShare the part of the time
	// that a copy works: whoever commits meanwhile shares the disk with it.
	copyStep  = 256
	copyShare = 2
)

// CopyTo writes the state of the database that the running transaction sees to the file at
// path, which is empty or missing. What only the log holds is in it, and the copy needs no
// log. Others may commit meanwhile.
func (c *Conn) CopyTo(ctx context.Context, path string) error {
	name, err := uri(path, forWriting, false)
	if err != nil {
		return err
	}
	if _, err := c.Exists("SELECT 1 FROM sqlite_schema"); err != nil { // or each commit would start it anew
		return err
	}
	b, err := c.raw.BackupInit("main", name)
	if err != nil {
		return c.wrap(ctx, "copy", err)
	}
	if err = errors.Join(steps(ctx, b), b.Close()); err != nil {
		return c.wrap(ctx, "copy", err)
	}
	return nil
}

func steps(ctx context.Context, b *sqlite3.Backup) error {
	for {
		begun := time.Now()
		done, err := b.Step(copyStep)
		if done || err != nil {
			return err
		}
		t := time.NewTimer(time.Since(begun) * (copyShare - 1))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}
