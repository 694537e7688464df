// Package store keeps artifacts: content under its hash, in full or as a delta
// against another artifact, and placeholders ("phantoms") for artifacts that
// are known by name only. It knows nothing of what artifacts mean.
package store

import (
	"errors"
	"fmt"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
)

// MaxArtifact is the largest artifact we handle, in bytes.
const MaxArtifact = 1 << 30

// maxChain bounds how many deltas lie between an artifact and full content.
const maxChain = 100_000

// Errors of reading and writing.
var (
	ErrUnknown = errors.New("store: no such artifact")
	ErrPhantom = errors.New("store: content not available")
	ErrHash    = errors.New("store: content does not match its name")
)

// DamageError says that a stored artifact cannot be read back.
type DamageError struct {
	UUID string
	Err  error
}

// Error implements error.
func (e *DamageError) Error() string { return fmt.Sprintf("store: artifact %s: %v", e.UUID, e.Err) }

// Unwrap returns the cause.
func (e *DamageError) Unwrap() error { return e.Err }

// Store is the state shared by all transactions: a cache of expanded content.
type Store struct{ cache cache }

// New returns a store that caches at most cacheBytes of content.
func New(cacheBytes int) *Store {
	s := &Store{}
	s.cache.init(cacheBytes)
	return s
}

// View reads artifacts inside one transaction.
type View struct {
	*sqlite.Conn
	store *Store
}

// View returns a reader on c, valid as long as its transaction.
func (s *Store) View(c *sqlite.Conn) View { return View{c, s} }

// Lookup returns the rid of an artifact and whether its own row holds content;
// rid 0 means that the name is unknown.
func (v View) Lookup(uuid string) (rid int64, filled bool, err error) {
	_, err = v.Query("SELECT rid, size>=0 FROM blob WHERE uuid=?", uuid).Scan(&rid, &filled)
	return rid, filled, err
}

// UUID returns the name of a rid.
func (v View) UUID(rid int64) (string, error) {
	uuid, err := v.Text("SELECT uuid FROM blob WHERE rid=?", rid)
	if err == nil && uuid == "" {
		err = fmt.Errorf("%w: rid %d", ErrUnknown, rid)
	}
	return uuid, err
}

// Shunned reports whether the project refuses the artifact.
func (v View) Shunned(uuid string) (bool, error) {
	return v.Exists("SELECT 1 FROM shun WHERE uuid=?", uuid)
}

// Private reports whether the artifact is not for everyone.
func (v View) Private(rid int64) (bool, error) {
	return v.Exists("SELECT 1 FROM private WHERE rid=?", rid)
}

// Content returns the expanded content of a rid, which must not be modified.
// Errors match ErrUnknown, ErrPhantom or are a *DamageError.
func (v View) Content(rid int64) ([]byte, error) {
	var deltas []link
	for at := rid; ; {
		l, err := v.link(at)
		if err != nil {
			return nil, err
		}
		if l.src == 0 {
			return v.unroll(l, deltas)
		}
		if deltas = append(deltas, l); len(deltas) > maxChain {
			return nil, &DamageError{l.uuid, errors.New("delta chain does not end")}
		}
		at = l.src
	}
}

// link is one row on the way from an artifact to full content.
type link struct {
	uuid string
	text []byte // full content, or a delta if src is set
	src  int64
}

// link reads one row; cached content ends the chain.
func (v View) link(rid int64) (l link, err error) {
	size := int64(-1)
	damage := error(nil)
	found, err := v.Query(`SELECT uuid, size, coalesce(srcid,0), content
		FROM blob LEFT JOIN delta USING(rid) WHERE blob.rid=?`, rid).First(func(r sqlite.Row) {
		r.Scan(&l.uuid, &size, &l.src)
		if text, ok := v.store.cache.get(l.uuid); ok {
			l.text, l.src = text, 0
		} else if size >= 0 {
			l.text, damage = expand(r.Blob(3), size, l.src != 0)
		}
	})
	switch {
	case err != nil:
		return l, err
	case !found:
		return l, fmt.Errorf("%w: rid %d", ErrUnknown, rid)
	case size < 0:
		return l, fmt.Errorf("%w: %s", ErrPhantom, l.uuid)
	case damage != nil:
		return l, &DamageError{l.uuid, damage}
	}
	return l, nil
}

// expand inflates a row's content. The size column tells the length of full
// content; a delta may have any length up to that of its target and a bit.
func expand(framed []byte, size int64, isDelta bool) ([]byte, error) {
	if isDelta {
		return blob.Decompress(framed, MaxArtifact)
	}
	plain, err := blob.Decompress(framed, size)
	if err == nil && int64(len(plain)) != size {
		err = fmt.Errorf("%d bytes, expected %d", len(plain), size)
	}
	return plain, err
}

// unroll applies the deltas, last one first, and remembers the result.
func (v View) unroll(base link, deltas []link) ([]byte, error) {
	text, uuid := base.text, base.uuid
	for i := len(deltas) - 1; i >= 0; i-- {
		var err error
		uuid = deltas[i].uuid
		if text, err = delta.Apply(text, deltas[i].text, MaxArtifact); err != nil {
			return nil, &DamageError{uuid, err}
		}
	}
	v.store.cache.put(uuid, text)
	return text, nil
}

// Record is an artifact as its row holds it.
type Record struct {
	RID     int64
	UUID    string
	Source  string // the artifact that Framed is a delta of, or ""
	Size    int64  // of the full content
	Private bool
	Framed  []byte // compressed; valid only during the call
}

// Scan calls fn for the rows from a rid on that hold content, by rid, leaving out
// what is shunned and, unless asked for, what is private.
func (v View) Scan(from int64, private bool, fn func(Record) error) error {
	return v.Query(`SELECT b.rid, b.uuid, coalesce(s.uuid,''), b.size, p.rid IS NOT NULL, b.content
		FROM blob AS b LEFT JOIN delta AS d ON d.rid=b.rid LEFT JOIN blob AS s ON s.rid=d.srcid
			LEFT JOIN private AS p ON p.rid=b.rid
		WHERE b.rid>=?1 AND b.size>=0 AND (?2 OR p.rid IS NULL)
			AND NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=b.uuid)
		ORDER BY b.rid`, from, private).Each(func(row sqlite.Row) error {
		var r Record
		row.Scan(&r.RID, &r.UUID, &r.Source, &r.Size, &r.Private)
		r.Framed = row.Blob(5)
		return fn(r)
	})
}
