package fossil

import (
	"context"
	"errors"
	"strings"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// CheckIn is one line of the history. User and comment are as edited later. Of a text that
// is longer than maxText only the beginning is here: thousands of them are read at once.
type CheckIn struct {
	RID     int64 // its number in this file only
	UUID    string
	Branch  string
	User    string
	Comment string
	Time    time.Time
}

// TimelineOptions select check-ins. Zero values do not restrict.
type TimelineOptions struct {
	Branch        string
	User          string
	CommentPrefix string
	AsMade        bool // users and comments are those of the check-in itself, not what it was amended to
	Limit         int
	Skip          int // leaves out the newest ones
	Before        time.Time
	After         time.Time
}

// selectCheckIns yields the columns that scanCheckIn reads. ?1 is the id of
// the branch tag.
const selectCheckIns = `SELECT event.objid, blob.uuid, substr(coalesce(tagxref.value,'trunk'), 1, 4097),
	substr(coalesce(event.euser, event.user, ''), 1, 4097), substr(coalesce(event.ecomment, event.comment, ''), 1, 4097), event.mtime
	FROM event LEFT JOIN tagxref ON tagxref.rid=event.objid AND tagxref.tagid=?1 AND tagxref.tagtype>0
	CROSS JOIN blob ON blob.rid=event.objid
	WHERE event.type='ci' `

// maxText bounds the texts of a CheckIn, in characters; selectCheckIns reads one more.
const maxText = 4096

func scanCheckIn(r sqlite.Row) (ci CheckIn) {
	var mtime float64
	r.Scan(&ci.RID, &ci.UUID, &ci.Branch, &ci.User, &ci.Comment, &mtime)
	for _, text := range []*string{&ci.Branch, &ci.User, &ci.Comment} {
		if r := []rune(*text); len(r) > maxText {
			*text = string(r[:maxText]) + "…"
		}
	}
	ci.Time = artifact.FromJulian(mtime)
	return ci
}

// asMade takes what a check-in was amended to out of a query.
var asMade = strings.NewReplacer("event.euser", "NULL", "event.ecomment", "NULL")

// checkIns runs selectCheckIns with more conditions.
func checkIns(v store.View, more string, args ...any) (list []CheckIn, err error) {
	return readCheckIns(v, selectCheckIns+more, args...)
}

func readCheckIns(v store.View, sql string, args ...any) (list []CheckIn, err error) {
	args = append([]any{schema.TagBranch}, args...)
	err = v.Query(sql, args...).Each(func(r sqlite.Row) error {
		list = append(list, scanCheckIn(r))
		return nil
	})
	return list, err
}

// oneCheckIn is checkIns for at most one; none is ErrNotFound.
func oneCheckIn(v store.View, more string, args ...any) (CheckIn, error) {
	list, err := checkIns(v, more+" LIMIT 1", args...)
	if err != nil {
		return CheckIn{}, err
	}
	if len(list) == 0 {
		return CheckIn{}, ErrNotFound
	}
	return list[0], nil
}

func checkInOf(v store.View, rid int64) (CheckIn, error) {
	return oneCheckIn(v, "AND event.objid=?2", rid)
}

// newest is the order of the timeline.
const newest = " ORDER BY event.mtime DESC, event.objid DESC"

// tip goes down the timeline until it meets the branch. A name that no tag
// ever had is told without that.
func tip(v store.View, branch string) (CheckIn, error) {
	known, err := isTag(v, branch)
	if err != nil {
		return CheckIn{}, err
	}
	if !known && branch != Trunk {
		return CheckIn{}, ErrNotFound
	}
	return oneCheckIn(v, " AND coalesce(tagxref.value,'trunk')=?2"+newest, branch)
}

// isTag reports whether the name is or was a tag or branch.
func isTag(v store.View, name string) (bool, error) {
	return v.Exists("SELECT 1 FROM tag WHERE tagname='sym-'||?", name)
}

// Tip returns the newest check-in of a branch, or ErrNotFound.
func (r *Repo) Tip(ctx context.Context, branch string) (ci CheckIn, err error) {
	err = r.read(ctx, "tip of "+branch, func(v store.View) error {
		ci, err = tip(v, branch)
		return err
	})
	return ci, err
}

// Timeline returns check-ins, the newest first.
func (r *Repo) Timeline(ctx context.Context, o TimelineOptions) (list []CheckIn, err error) {
	sql := selectCheckIns + ` AND (?2='' OR coalesce(tagxref.value,'trunk')=?2)
		AND (?3='' OR coalesce(event.euser, event.user)=?3)
		AND (?4='' OR substr(coalesce(event.ecomment, event.comment), 1, length(?4))=?4)
		AND (?5=0 OR event.mtime<?5) AND (?6=0 OR event.mtime>?6)` + newest + " LIMIT ?7 OFFSET ?8"
	if o.AsMade {
		sql = asMade.Replace(sql)
	}
	if o.Limit <= 0 {
		o.Limit = -1
	}
	err = r.read(ctx, "timeline", func(v store.View) error {
		list, err = readCheckIns(v, sql, o.Branch, o.User, o.CommentPrefix, julianOrZero(o.Before), julianOrZero(o.After), o.Limit, max(o.Skip, 0))
		return err
	})
	return list, err
}

func julianOrZero(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return artifact.Julian(t)
}

// Leaves returns the check-ins that have no child on their branch, closed ones too, the
// newest first.
func (r *Repo) Leaves(ctx context.Context) (list []CheckIn, err error) {
	err = r.read(ctx, "leaves", func(v store.View) error {
		list, err = checkIns(v, isLeaf+newest)
		return err
	})
	return list, err
}

const isLeaf = ` AND event.objid IN (SELECT rid FROM leaf)`

const isOpenLeaf = isLeaf + `
	AND NOT EXISTS(SELECT 1 FROM tagxref AS c WHERE c.rid=event.objid AND c.tagid=9 AND c.tagtype>0)`

// Resolve returns the check-in that a name means: "" or "tip" the newest of
// all, a branch or tag the newest that carries it, otherwise a hash or a unique prefix of one
// with at least 4 digits. Errors match ErrNotFound or ErrAmbiguous.
func (r *Repo) Resolve(ctx context.Context, name string) (ci CheckIn, err error) {
	err = r.read(ctx, "resolve "+name, func(v store.View) error {
		ci, err = resolve(v, name)
		return err
	})
	return ci, err
}

// minPrefix is the shortest part of a hash that counts as one.
const minPrefix = 4

func resolve(v store.View, name string) (CheckIn, error) {
	if name == "" || name == "tip" {
		return oneCheckIn(v, newest)
	}
	ci, err := tip(v, name)
	if errors.Is(err, ErrNotFound) {
		ci, err = tagged(v, name)
	}
	if errors.Is(err, ErrNotFound) && len(name) >= minPrefix && blob.Hex(name) {
		ci, err = byPrefix(v, name)
	}
	return ci, err
}

// tagged returns the newest check-in that carries a tag.
func tagged(v store.View, name string) (CheckIn, error) {
	known, err := isTag(v, name)
	if err != nil {
		return CheckIn{}, err
	}
	if !known {
		return CheckIn{}, ErrNotFound
	}
	return oneCheckIn(v, ` AND event.objid IN (SELECT rid FROM tagxref JOIN tag USING(tagid)
		WHERE tagname='sym-'||?2 AND tagtype>0)`+newest, name)
}

// byPrefix returns the only check-in whose hash starts so.
func byPrefix(v store.View, prefix string) (CheckIn, error) {
	var rids []int64
	err := v.Query(`SELECT rid FROM blob CROSS JOIN event ON objid=rid AND type='ci'
		WHERE uuid>=?1 AND uuid<?1||'g' LIMIT 2`, prefix).Each(func(r sqlite.Row) error {
		rids = append(rids, r.Int64(0))
		return nil
	})
	switch {
	case err != nil:
		return CheckIn{}, err
	case len(rids) == 0:
		return CheckIn{}, ErrNotFound
	case len(rids) > 1:
		return CheckIn{}, ErrAmbiguous
	}
	return checkInOf(v, rids[0])
}

// Stats are the numbers a dashboard shows.
type Stats struct {
	CheckIns  int64
	Artifacts int64 // whose content is here
	RepoBytes int64 // of the main file
	WALBytes  int64 // of the log beside it
	Leaves    int64 // open leaves of trunk; more than one is a fork
}

// Stats counts.
func (r *Repo) Stats(ctx context.Context) (s Stats, err error) {
	if s.RepoBytes, s.WALBytes, err = r.db.Size(ctx); err != nil {
		return s, explain(r.path, "stats", err)
	}
	err = r.read(ctx, "stats", func(v store.View) error {
		_, err := v.Query(`SELECT (SELECT count(*) FROM event WHERE type='ci'),
			(SELECT count(*) FROM blob)-(SELECT count(*) FROM phantom),
			(SELECT count(*) FROM event LEFT JOIN tagxref ON tagxref.rid=objid AND tagxref.tagid=?1 AND tagxref.tagtype>0
				WHERE type='ci' AND coalesce(tagxref.value,'trunk')=?2`+isOpenLeaf+`)`,
			schema.TagBranch, Trunk).Scan(&s.CheckIns, &s.Artifacts, &s.Leaves)
		return err
	})
	return s, err
}
