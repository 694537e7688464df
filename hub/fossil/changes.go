package fossil

import (
	"context"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Change is what a check-in did to one file, compared with its first parent.
// Was is empty for a file that was added, Now for one that was deleted; both
// name content. Sizes are -1 where the content is not here.
type Change struct {
	Name             string
	From             string // its name before, if that was another
	Was, Now         string
	WasSize, NowSize int64
}

// Changes returns what a check-in, named as in Resolve, did to files, sorted by
// name: the first limit of them, and how many there are. limit <= 0 is no
// limit. A check-in without a parent has added all its files.
func (r *Repo) Changes(ctx context.Context, rev string, limit int) (list []Change, total int64, err error) {
	if limit <= 0 {
		limit = -1
	}
	err = r.read(ctx, "changes of "+rev, func(v store.View) error {
		ci, err := resolve(v, rev)
		if err != nil {
			return err
		}
		if total, err = v.Int64("SELECT count(*) FROM mlink"+ofFirstParent, ci.RID); err != nil {
			return err
		}
		return v.Query(selectChanges, ci.RID, limit).Each(func(row sqlite.Row) error {
			var c Change
			row.Scan(&c.Name, &c.From, &c.Was, &c.WasSize, &c.Now, &c.NowSize)
			list = append(list, c)
			return nil
		})
	})
	return list, total, err
}

// ofFirstParent selects the rows about the first parent of check-in ?1.
const ofFirstParent = ` WHERE mid=?1 AND NOT isaux
	AND pmid=coalesce((SELECT pid FROM plink WHERE cid=?1 AND isprim), 0)`

const selectChanges = `SELECT n.name, coalesce(o.name, ''),
		coalesce(was.uuid, ''), coalesce(was.size, 0), coalesce(now.uuid, ''), coalesce(now.size, 0)
	FROM mlink JOIN filename AS n ON n.fnid=mlink.fnid LEFT JOIN filename AS o ON o.fnid=mlink.pfnid AND mlink.pfnid>0
		LEFT JOIN blob AS was ON was.rid=mlink.pid AND mlink.pid>0
		LEFT JOIN blob AS now ON now.rid=mlink.fid AND mlink.fid>0` + ofFirstParent + `
	ORDER BY n.name LIMIT ?2`

// Parents returns the hashes of a check-in's parents, the first one first.
func (r *Repo) Parents(ctx context.Context, rev string) (uuids []string, err error) {
	err = r.read(ctx, "parents of "+rev, func(v store.View) error {
		ci, err := resolve(v, rev)
		if err != nil {
			return err
		}
		return v.Query(`SELECT uuid FROM plink JOIN blob ON rid=pid WHERE cid=? ORDER BY isprim DESC, pid`, ci.RID).
			Each(func(row sqlite.Row) error {
				uuids = append(uuids, row.Text(0))
				return nil
			})
	})
	return uuids, err
}
