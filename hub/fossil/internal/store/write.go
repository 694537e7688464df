package store

import (
	"errors"
	"fmt"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
)

// Tx adds artifacts inside one write transaction.
type Tx struct {
	View
	origin Origin
	rcvid  int64 // row of rcvfrom, 0 until the first artifact arrives
	seen3  bool  // a SHA3 name was stored
	fresh  []Fresh
}

// Fresh is an artifact whose content has just become available.
type Fresh struct {
	RID     int64
	Content []byte // not to be modified or kept: it may alias a whole message
}

// Tx returns a writer on c, valid as long as its transaction.
func (s *Store) Tx(c *sqlite.Conn, from Origin) *Tx {
	return &Tx{View: s.View(c), origin: from}
}

// Fresh returns what became available since the last call, in that order.
func (t *Tx) Fresh() []Fresh {
	fresh := t.fresh
	t.fresh = nil
	return fresh
}

// Artifact is content to be stored under its name.
type Artifact struct {
	UUID    string
	Plain   []byte
	Framed  []byte // Plain compressed, if the caller has it already
	Private bool
	Opaque  bool // known to be a file's content: Fresh leaves it out
}

// Put stores an artifact, whose name the caller has verified, and returns its
// rid. If it is there already, it at most becomes public.
func (t *Tx) Put(a Artifact) (int64, error) {
	rid, filled, err := t.Lookup(a.UUID)
	if err != nil {
		return 0, err
	}
	if filled {
		return rid, t.publishUnless(a.Private, rid)
	}
	if a.Framed == nil {
		a.Framed = blob.Compress(nil, a.Plain)
	}
	wanted := rid != 0
	if rid, err = t.fill(rid, a.UUID, int64(len(a.Plain)), a.Framed, a.Private); err != nil {
		return 0, err
	}
	if !a.Opaque {
		t.fresh = append(t.fresh, Fresh{rid, a.Plain})
	}
	if wanted {
		return rid, t.wake(rid, a.Plain)
	}
	return rid, nil
}

// PutDelta stores the artifact that d makes of source. It returns ErrHash if
// that is not the artifact named uuid. While the source is not available, the
// artifact is a phantom and the delta waits.
func (t *Tx) PutDelta(uuid, source string, d []byte, private bool, limit int64) (int64, error) {
	rid, filled, err := t.Lookup(uuid)
	if err != nil {
		return 0, err
	}
	if filled {
		return rid, t.publishUnless(private, rid)
	}
	src, err := t.RID(source, private)
	if err != nil {
		return 0, err
	}
	base, err := t.Content(src)
	if errors.Is(err, ErrPhantom) {
		return t.await(uuid, src, d, private)
	}
	if err != nil {
		return 0, err
	}
	plain, err := delta.Apply(base, d, min(limit, MaxArtifact))
	if err != nil {
		return 0, err
	}
	if !blob.Verify(uuid, plain) {
		return 0, fmt.Errorf("%w: %s", ErrHash, uuid)
	}
	t.store.cache.put(uuid, plain)
	return t.Put(Artifact{UUID: uuid, Plain: plain, Private: private})
}

// fill writes a row: a new one if rid is 0, otherwise into the phantom.
func (t *Tx) fill(rid int64, uuid string, size int64, framed []byte, private bool) (int64, error) {
	if err := t.receive(uuid); err != nil {
		return 0, err
	}
	if rid == 0 {
		err := t.Exec("INSERT INTO blob(rcvid,size,uuid,content) VALUES(?,?,?,?)", t.rcvid, size, uuid, framed)
		if err != nil {
			return 0, err
		}
		rid = t.LastID()
		return rid, t.announce(rid, private)
	}
	err := t.Exec("UPDATE blob SET rcvid=?, size=?, content=? WHERE rid=?", t.rcvid, size, framed, rid)
	if err != nil {
		return 0, err
	}
	if err := t.Exec("DELETE FROM phantom WHERE rid=?", rid); err != nil {
		return 0, err
	}
	return rid, t.publishUnless(private, rid)
}

// announce marks a name never seen before for the next cluster, or as private.
func (t *Tx) announce(rid int64, private bool) error {
	if private {
		return t.Exec("INSERT OR IGNORE INTO private VALUES(?)", rid)
	}
	return t.Exec("INSERT OR IGNORE INTO unclustered VALUES(?)", rid)
}

// publishUnless makes a private artifact public.
func (t *Tx) publishUnless(private bool, rid int64) error {
	if private {
		return nil
	}
	if err := t.Exec("DELETE FROM private WHERE rid=?", rid); err != nil || t.Changes() == 0 {
		return err
	}
	return t.announce(rid, false)
}

// Publish removes the private mark of an artifact.
func (t *Tx) Publish(rid int64) error { return t.publishUnless(false, rid) }

// RID returns the rid of a name, creating a phantom if it is unknown.
func (t *Tx) RID(uuid string, private bool) (int64, error) {
	rid, _, err := t.Lookup(uuid)
	if err != nil || rid != 0 {
		return rid, err
	}
	if err := t.Exec("INSERT INTO blob(rcvid,size,uuid) VALUES(0,-1,?)", uuid); err != nil {
		return 0, err
	}
	rid = t.LastID()
	if err := t.Exec("INSERT INTO phantom VALUES(?)", rid); err != nil {
		return 0, err
	}
	return rid, t.announce(rid, private)
}
