package fossil

import (
	"context"
	"errors"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Verify reads the whole repository: the file's structure, and every artifact
// against its hash. It returns a *CorruptError for the first damage, and from
// then on nothing is written any more. It takes about a second per 200 MB.
func (r *Repo) Verify(ctx context.Context) error {
	err := r.verify(ctx)
	if errors.Is(err, ErrCorrupt) {
		r.db.Seal()
	}
	return err
}

func (r *Repo) verify(ctx context.Context) error {
	if err := r.db.Check(ctx, true); err != nil {
		return explain(r.path, "verify", err)
	}
	var rids []int64
	err := r.db.Read(ctx, func(c *sqlite.Conn) error {
		return c.Query("SELECT rid FROM blob WHERE size>=0 ORDER BY rid").Each(func(row sqlite.Row) error {
			rids = append(rids, row.Int64(0))
			return nil
		})
	})
	if err != nil {
		return explain(r.path, "verify", err)
	}
	fresh := store.New(0) // the cache would hide damage
	for len(rids) > 0 {
		// Short transactions, so that the log can be written back in between.
		part := rids[:min(len(rids), 100)]
		rids = rids[len(part):]
		err := r.db.Read(ctx, func(c *sqlite.Conn) error { return verifyAll(fresh.View(c), part) })
		if err != nil {
			return explain(r.path, "verify", err)
		}
	}
	return nil
}

func verifyAll(v store.View, rids []int64) error {
	for _, rid := range rids {
		uuid, err := v.UUID(rid)
		if errors.Is(err, store.ErrUnknown) {
			continue // removed meanwhile
		}
		if err != nil {
			return err
		}
		content, err := v.Content(rid)
		if errors.Is(err, store.ErrPhantom) {
			continue // a delta that waits for its source
		}
		if err == nil && !blob.Verify(uuid, content) {
			err = &store.DamageError{UUID: uuid, Err: store.ErrHash}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
