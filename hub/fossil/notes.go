package fossil

import (
	"context"
	"errors"
	"slices"
	"time"

	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// NoteKind is what a note is.
type NoteKind string

// The kinds of notes. A file that is attached to one counts as an edit of it.
const (
	NoteWiki        NoteKind = "wiki edit"
	NoteTicket      NoteKind = "ticket change"
	NoteTechnote    NoteKind = "technote"
	NoteForum       NoteKind = "forum post"
	NoteTag         NoteKind = "tag change" // or what a check-in was amended to
	NoteUnversioned NoteKind = "unversioned file"
)

// Note is what somebody has put into a repository beside check-ins.
type Note struct {
	Kind NoteKind
	Name string // of an unversioned file, else its line in the timeline
	UUID string // of the artifact, or of the content of an unversioned file
	Time time.Time
}

// Notes returns the notes, the newest first: all of them, or at most limit if that is
// positive. Of a technote it is the newest version.
func (r *Repo) Notes(ctx context.Context, limit int) (list []Note, err error) {
	if limit <= 0 {
		limit = -1
	}
	err = r.read(ctx, "list notes", func(v store.View) error {
		sql := `SELECT type AS kind, coalesce(ecomment, comment) AS name, uuid, event.mtime AS mtime
			FROM event JOIN blob ON rid=objid WHERE type IN ('w','t','e','f','g')`
		there, err := schema.HasUnversioned(v.Conn)
		if err != nil {
			return err
		}
		if there {
			sql += " UNION ALL SELECT 'u', name, hash, 2440587.5 + mtime/86400.0 FROM unversioned WHERE hash IS NOT NULL"
		}
		return v.Query("SELECT kind, name, uuid, (mtime-2440587.5)*86400000 FROM ("+sql+") ORDER BY mtime DESC, uuid LIMIT ?", limit).Each(func(row sqlite.Row) error {
			kind, ok := noteKinds[row.Text(0)]
			if ok {
				list = append(list, Note{kind, row.Text(1), row.Text(2), time.UnixMilli(row.Int64(3)).UTC()})
			}
			return nil
		})
	})
	return list, err
}

var noteKinds = map[string]NoteKind{"w": NoteWiki, "t": NoteTicket, "e": NoteTechnote, "f": NoteForum, "g": NoteTag, "u": NoteUnversioned}

// HasNote reports whether the repository has a note, as it is.
func (r *Repo) HasNote(ctx context.Context, n Note) (has bool, err error) {
	err = r.read(ctx, "look for a note", func(v store.View) error {
		if n.Kind != NoteUnversioned {
			has, err = v.Exists("SELECT 1 FROM blob WHERE uuid=? AND size>=0", n.UUID)
			return err
		}
		if has, err = schema.HasUnversioned(v.Conn); err == nil && has {
			has, err = v.Exists("SELECT 1 FROM unversioned WHERE name=? AND hash=?", n.Name, n.UUID)
		}
		return err
	})
	return has, err
}

// CopyNotes adds the notes to the repository at path, of whatever project, with all their
// versions and what is attached to them; tag changes are left out, being of check-ins. Nothing is taken away there; of an unversioned file
// the newer one stays. Nobody else may use it meanwhile.
func (r *Repo) CopyNotes(ctx context.Context, path string) error {
	into, err := Open(ctx, path, ReadWrite, WithCache(copyCache), WithoutCheck())
	if err != nil {
		return errors.Join(err, closed(into))
	}
	err = r.read(ctx, "copy notes", func(v store.View) error {
		return into.write(ctx, "copy notes", func(conn *sqlite.Conn) error {
			return absorbNotes(crosslink.New(into.store.Tx(conn, store.Origin{Time: time.Now()})), v)
		})
	})
	return errors.Join(err, into.Close())
}

func closed(r *Repo) error {
	if r == nil {
		return nil
	}
	return r.Close()
}

func absorbNotes(l *crosslink.Linker, v store.View) error {
	err := v.Query(`SELECT rid, uuid FROM blob WHERE size>=0 AND (
			rid IN (SELECT objid FROM event WHERE type IN ('w','t','e','f'))
			OR rid IN (SELECT srcid FROM tagxref JOIN tag USING(tagid) WHERE tagname GLOB 'wiki-*' OR tagname GLOB 'tkt-*' OR tagname GLOB 'event-*')
			OR uuid IN (SELECT src FROM attachment)) ORDER BY rid`).Each(func(row sqlite.Row) error {
		return absorbOne(l, v, row.Int64(0), row.Text(1))
	})
	if err == nil {
		err = l.Finish()
	}
	if err == nil {
		err = absorbUnversioned(l, v)
	}
	return err
}

// absorbUnversioned takes over the unversioned files that are newer, deleted ones too.
func absorbUnversioned(l *crosslink.Linker, v store.View) error {
	there, err := schema.HasUnversioned(v.Conn)
	if err == nil && there {
		err = schema.MakeUnversioned(l.Conn)
	}
	if err != nil || !there {
		return err
	}
	return v.Query("SELECT name, mtime, hash, sz, encoding, content FROM unversioned").Each(func(row sqlite.Row) error {
		name, mtime, hash := row.Text(0), row.Int64(1), row.Text(2)
		newer, err := l.Exists("SELECT 1 FROM unversioned WHERE name=? AND (mtime>? OR hash IS nullif(?,''))", name, mtime, hash)
		if err != nil || newer {
			return err
		}
		rcvid, err := l.Received()
		if err != nil {
			return err
		}
		var content any
		if hash != "" {
			content = slices.Concat([]byte{}, row.Blob(5)) // an empty file is not NULL
		}
		err = l.Exec("REPLACE INTO unversioned(name,rcvid,mtime,hash,sz,encoding,content) VALUES(?,?,?,nullif(?,''),?,?,?)",
			name, rcvid, mtime, hash, row.Int64(3), row.Int64(4), content)
		return errors.Join(err, l.Exec("DELETE FROM config WHERE name='uv-hash'"))
	})
}
