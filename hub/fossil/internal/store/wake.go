package store

import (
	"errors"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
)

// Deltas whose source has not arrived wait in a table of our own, made when it
// is needed. Fossil would put them into blob, but a repository with such rows
// cannot be cloned. It ignores the table; a rebuild drops it, and then the
// artifacts, still phantoms, are asked for again.
const (
	makeWaiting  = "CREATE TABLE IF NOT EXISTS waiting_delta(rid INTEGER PRIMARY KEY, srcid INTEGER NOT NULL, content BLOB)"
	indexWaiting = "CREATE INDEX IF NOT EXISTS waiting_delta_i1 ON waiting_delta(srcid)"
)

// await keeps a delta until its source arrives.
func (t *Tx) await(uuid string, src int64, d []byte, private bool) (int64, error) {
	if _, err := delta.TargetSize(d); err != nil {
		return 0, err
	}
	rid, err := t.RID(uuid, private)
	if err != nil {
		return 0, err
	}
	for _, sql := range []string{makeWaiting, indexWaiting} {
		if err := t.Exec(sql); err != nil {
			return 0, err
		}
	}
	return rid, t.Exec("REPLACE INTO waiting_delta(rid,srcid,content) VALUES(?,?,?)", rid, src, blob.Compress(nil, d))
}

// anyWaiting reports whether the table is there.
func (v View) anyWaiting() (bool, error) {
	return v.Exists("SELECT 1 FROM sqlite_schema WHERE name='waiting_delta'")
}

// wake completes what waited for the content of a former phantom: deltas
// against it, and deltas against those.
func (t *Tx) wake(rid int64, content []byte) error {
	if err := t.wakeStored(rid); err != nil {
		return err
	}
	used, err := t.anyWaiting()
	if err != nil || !used {
		return err
	}
	type waiting struct {
		rid   int64
		uuid  string
		delta []byte
	}
	var all []waiting
	err = t.Query("SELECT w.rid, uuid, w.content FROM waiting_delta AS w JOIN blob USING(rid) WHERE srcid=?", rid).Each(func(r sqlite.Row) error {
		d, err := blob.Decompress(r.Blob(2), MaxArtifact)
		all = append(all, waiting{r.Int64(0), r.Text(1), d})
		return err
	})
	if err != nil {
		return err
	}
	for _, w := range all {
		if err := t.Exec("DELETE FROM waiting_delta WHERE rid=?", w.rid); err != nil {
			return err
		}
		if err := t.complete(w.rid, w.uuid, content, w.delta); err != nil {
			return err
		}
	}
	return nil
}

// complete fills a phantom from a delta that has waited. One that turns out
// wrong is forgotten; the phantom stays.
func (t *Tx) complete(rid int64, uuid string, source, d []byte) error {
	plain, err := delta.Apply(source, d, MaxArtifact)
	if err != nil || !blob.Verify(uuid, plain) {
		return nil //nolint:nilerr // the sender of the source is not to blame
	}
	private, err := t.Private(rid)
	if err != nil {
		return err
	}
	_, err = t.Put(Artifact{UUID: uuid, Plain: plain, Private: private})
	return err
}

// wakeStored finds artifacts that Fossil itself has stored as deltas before
// their source was there.
func (t *Tx) wakeStored(src int64) error {
	var rids []int64
	err := t.Query("SELECT rid FROM delta WHERE srcid=?", src).Each(func(r sqlite.Row) error {
		rids = append(rids, r.Int64(0))
		return nil
	})
	if err != nil {
		return err
	}
	for _, rid := range rids {
		content, err := t.Content(rid)
		var damage *DamageError
		if errors.As(err, &damage) {
			continue // found by whoever asks for it
		}
		if err != nil {
			return err
		}
		t.fresh = append(t.fresh, Fresh{rid, content})
		if err := t.wake(rid, content); err != nil {
			return err
		}
	}
	return nil
}

// Wanted returns the names of at most limit phantoms, with the private ones if
// asked for. Those that only wait for another one are left out.
func (v View) Wanted(private bool, limit int) (uuids []string, err error) {
	used, err := v.anyWaiting()
	if err != nil {
		return nil, err
	}
	sql := `SELECT uuid FROM phantom CROSS JOIN blob USING(rid)
		WHERE NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid)
			AND (?1 OR NOT EXISTS(SELECT 1 FROM private WHERE private.rid=blob.rid))`
	if used {
		sql += " AND NOT EXISTS(SELECT 1 FROM waiting_delta AS w WHERE w.rid=phantom.rid)"
	}
	err = v.Query(sql+" LIMIT ?2", private, limit).Each(func(r sqlite.Row) error {
		uuids = append(uuids, r.Text(0))
		return nil
	})
	return uuids, err
}
