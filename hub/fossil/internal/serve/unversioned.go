package serve

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// deleted is the hash of an unversioned file that is gone.
const deleted = "-"

// noCatalog is the catalogue hash of no files.
const noCatalog = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

// receiveUnversioned stores an unversioned file if it is newer than ours. At
// the same time the greater hash wins, so that all copies agree.
func (q *session) receiveUnversioned(l *crosslink.Linker, f xfer.UVFile) error {
	if err := schema.MakeUnversioned(l.Conn); err != nil {
		return err
	}
	gone := f.Flags&xfer.UVDeleted != 0
	if gone {
		f.Hash = deleted
	} else if f.Content != nil && !blob.Verify(f.Hash, f.Content) {
		return fmt.Errorf("%w: %s", store.ErrHash, f.Name)
	}
	var mtime int64
	var hash string
	found, err := l.Query("SELECT mtime, coalesce(hash,'-') FROM unversioned WHERE name=?", f.Name).Scan(&mtime, &hash)
	if err != nil {
		return err
	}
	switch {
	case found && hash == f.Hash:
		return touchUnversioned(l.Conn, f, mtime)
	case found && (f.MTime < mtime || (f.MTime == mtime && f.Hash < hash)):
		return nil
	case !gone && f.Content == nil:
		return nil // it will be asked for
	}
	return writeUnversioned(l, f)
}

// touchUnversioned takes over a newer time of the same content.
func touchUnversioned(c *sqlite.Conn, f xfer.UVFile, mtime int64) error {
	if f.MTime <= mtime {
		return nil
	}
	if err := c.Exec("UPDATE unversioned SET mtime=? WHERE name=?", f.MTime, f.Name); err != nil {
		return err
	}
	return forgetCatalog(c)
}

func writeUnversioned(l *crosslink.Linker, f xfer.UVFile) error {
	rcvid, err := l.Received()
	if err != nil {
		return err
	}
	var hash, content any
	encoding := 0
	if f.Hash != deleted {
		hash, content = f.Hash, nonNil(f.Content)
		if framed := blob.Compress(nil, f.Content); len(framed) < len(f.Content)*4/5 {
			content, encoding = framed, 1
		}
	}
	err = l.Exec("REPLACE INTO unversioned(name,rcvid,mtime,hash,sz,encoding,content) VALUES(?,?,?,?,?,?,?)",
		f.Name, rcvid, f.MTime, hash, len(f.Content), encoding, content)
	if err != nil {
		return err
	}
	return forgetCatalog(l.Conn)
}

// nonNil keeps an empty file apart from no content.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// forgetCatalog drops the catalogue hash that Fossil caches.
func forgetCatalog(c *sqlite.Conn) error { return c.Exec("DELETE FROM config WHERE name='uv-hash'") }

// answerUnversioned sends the files asked for, and the catalogue if the
// client's differs.
func (q *session) answerUnversioned(v store.View) error {
	there, err := schema.HasUnversioned(v.Conn)
	if err != nil || !q.rights.read {
		return err
	}
	for _, card := range q.cards {
		if c, ok := card.(xfer.UVGimme); ok && there {
			if err := q.giveUnversioned(v, c.Name); err != nil {
				return err
			}
		}
	}
	if q.uvHash == "" {
		return nil
	}
	hash := noCatalog
	if there {
		hash, err = catalogHash(v)
	}
	if err != nil || hash == q.uvHash {
		return err
	}
	if q.rights.writeUV {
		q.out.Pragma("uv-push-ok")
	} else {
		q.out.Pragma("uv-pull-only")
	}
	if !there {
		return nil
	}
	return v.Query("SELECT name, mtime, coalesce(hash,'-'), sz FROM unversioned").Each(func(r sqlite.Row) error {
		var have xfer.UVIGot
		r.Scan(&have.Name, &have.MTime, &have.Hash, &have.Size)
		q.out.UVIGot(have)
		return nil
	})
}

// giveUnversioned sends one file, or announces it again when the reply is full.
func (q *session) giveUnversioned(v store.View, name string) error {
	f := xfer.UVFile{Name: name}
	var encoding int64
	found, err := v.Query("SELECT mtime, coalesce(hash,'-'), sz, encoding, content FROM unversioned WHERE name=?", name).
		Scan(&f.MTime, &f.Hash, &f.Size, &encoding, &f.Content)
	if err != nil || !found {
		return err
	}
	switch {
	case q.full(replyBytes, f.Size):
		q.out.UVIGot(xfer.UVIGot{Name: name, MTime: f.MTime, Hash: f.Hash, Size: f.Size})
		return nil
	case f.Hash == deleted:
		f.Flags, f.Size = xfer.UVDeleted, 0
	case encoding == 1:
		if f.Content, err = blob.Decompress(f.Content, store.MaxArtifact); err != nil {
			return &store.DamageError{UUID: f.Hash, Err: err}
		}
	}
	f.Size = int64(len(f.Content))
	q.out.UVFile(f)
	return nil
}

// catalogHash sums up the unversioned files.
func catalogHash(v store.View) (string, error) {
	sum := sha1.New()
	err := v.Query("SELECT name, mtime, hash FROM unversioned WHERE hash IS NOT NULL ORDER BY name").Each(func(r sqlite.Row) error {
		mtime := time.Unix(r.Int64(1), 0).UTC().Format(time.DateTime)
		_, err := fmt.Fprintf(sum, "%s %s %s\n", r.Text(0), mtime, r.Text(2))
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}
