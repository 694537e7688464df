package store

import (
	"errors"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/sqlite"
)

// wake completes what waited for the content of rid: deltas against it, and
// deltas against those. One that turns out wrong becomes a phantom again.
func (t *Tx) wake(rid int64) error {
	waiting := []int64{rid}
	for len(waiting) > 0 {
		src := waiting[0]
		waiting = waiting[1:]
		children, err := t.rids("SELECT rid FROM delta WHERE srcid=?", src)
		if err != nil {
			return err
		}
		for _, child := range children {
			content, ok, err := t.verify(child)
			if err != nil {
				return err
			}
			if ok {
				t.fresh = append(t.fresh, Fresh{child, content})
				waiting = append(waiting, child)
			}
		}
	}
	return nil
}

// verify checks a delta whose source has arrived.
func (t *Tx) verify(rid int64) (content []byte, ok bool, err error) {
	uuid, err := t.UUID(rid)
	if err != nil {
		return nil, false, err
	}
	content, err = t.Content(rid)
	var damage *DamageError
	switch {
	case err == nil && blob.Verify(uuid, content):
		return content, true, nil
	case err != nil && !errors.As(err, &damage):
		return nil, false, err
	}
	t.store.cache.remove(uuid)
	return nil, false, t.empty(rid)
}

// empty turns an artifact back into a phantom.
func (t *Tx) empty(rid int64) error {
	for _, sql := range []string{
		"DELETE FROM delta WHERE rid=?",
		"UPDATE blob SET rcvid=0, size=-1, content=NULL WHERE rid=?",
		"INSERT OR IGNORE INTO phantom VALUES(?)",
	} {
		if err := t.Exec(sql, rid); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) rids(sql string, args ...any) (rids []int64, err error) {
	err = t.Query(sql, args...).Each(func(r sqlite.Row) error {
		rids = append(rids, r.Int64(0))
		return nil
	})
	return rids, err
}
