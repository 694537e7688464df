package fossil

import (
	"context"
	"strconv"
	"strings"

	"bones-tui/hub/fossil/internal/store"
)

// Outside returns the check-ins of all branches that are none of heads and no ancestors of
// them, by any parent, the newest first: at most limit, if that is positive, and how many
// there are. heads are full hashes; those that are not here have no ancestors.
func (r *Repo) Outside(ctx context.Context, heads []string, limit int) (list []CheckIn, total int64, err error) {
	within := outside(len(heads))
	args := make([]any, 0, len(heads))
	for _, h := range heads {
		args = append(args, h)
	}
	if limit <= 0 {
		limit = -1
	}
	err = r.read(ctx, "check-ins outside", func(v store.View) error {
		if total, err = v.Int64("SELECT count(*) FROM event WHERE type='ci' AND ?1 IS NULL"+within, append([]any{nil}, args...)...); err != nil {
			return err
		}
		if total > 0 {
			list, err = checkIns(v, within+newest+" LIMIT "+placeholder(len(heads)+2), append(args, limit)...)
		}
		return err
	})
	return list, total, err
}

// outside is the condition with n heads, which are ?2 and the following.
func outside(n int) string {
	var names []string
	for i := range n {
		names = append(names, placeholder(i+2))
	}
	return ` AND event.objid NOT IN (WITH RECURSIVE older(rid) AS (
		SELECT rid FROM blob WHERE uuid IN (` + strings.Join(names, ",") + `)
		UNION SELECT pid FROM plink JOIN older ON cid=older.rid) SELECT rid FROM older)`
}

func placeholder(n int) string { return "?" + strconv.Itoa(n) }
