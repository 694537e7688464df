package store

import (
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
)

// Origin says where the artifacts of a transaction come from.
type Origin struct {
	User  string // login, "" for nobody in particular
	Nonce string // of the login card, "" if there was none
	Addr  string // of the peer, "" for this program
	Time  time.Time
}

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
		return rid, t.wake(rid)
	}
	return rid, nil
}

// PutDelta stores the artifact that d makes of source. It returns ErrHash if
// that is not the artifact named uuid. While the source is not available, the
// delta itself is kept, unverified.
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
		return t.dangle(rid, src, uuid, d, private)
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

// dangle stores a delta whose source is a phantom.
func (t *Tx) dangle(rid, src int64, uuid string, d []byte, private bool) (int64, error) {
	size, err := delta.TargetSize(d)
	if err != nil {
		return 0, err
	}
	if rid, err = t.fill(rid, uuid, size, blob.Compress(nil, d), private); err != nil {
		return 0, err
	}
	return rid, t.Exec("REPLACE INTO delta(rid,srcid) VALUES(?,?)", rid, src)
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

// receive makes sure that the transaction has its row of rcvfrom, and follows the
// automatic hash policy: the first SHA3 name turns SHA1 off for new content.
func (t *Tx) receive(uuid string) error {
	if len(uuid) == blob.SHA3Len && !t.seen3 {
		t.seen3 = true
		if err := t.Exec("UPDATE config SET value='2' WHERE name='hash-policy' AND value='1'"); err != nil {
			return err
		}
	}
	_, err := t.Received()
	return err
}

// Received returns the transaction's row of rcvfrom, making it if need be.
func (t *Tx) Received() (int64, error) {
	if t.rcvid != 0 {
		return t.rcvid, nil
	}
	err := t.Exec(`INSERT INTO rcvfrom(uid,mtime,nonce,ipaddr) VALUES(
			coalesce((SELECT uid FROM user WHERE login=?1),0), ?2,
			(SELECT nullif(?3,'') WHERE NOT EXISTS(SELECT 1 FROM rcvfrom WHERE nonce=?3)), nullif(?4,''))`,
		t.origin.User, artifact.Julian(t.origin.Time), t.origin.Nonce, t.origin.Addr)
	if err == nil {
		t.rcvid = t.LastID()
	}
	return t.rcvid, err
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

// Now returns the time of the transaction's origin.
func (t *Tx) Now() time.Time { return t.origin.Time }

// Name returns the name of new content under the project's hash policy.
func (v View) Name(content []byte) (string, error) {
	hash, err := v.Hash()
	if err != nil {
		return "", err
	}
	return hash(content), nil
}

// Hash returns the function that names new content.
func (v View) Hash() (func([]byte) string, error) {
	policy, err := v.Int64("SELECT value FROM config WHERE name='hash-policy'")
	if policy >= 2 {
		return blob.SHA3, err
	}
	return blob.SHA1, err
}
