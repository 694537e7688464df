package fossil_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// dump returns the rows of the derived tables with hashes for numbers, sorted.
func dump(tb testing.TB, path string) map[string][]string {
	tb.Helper()
	rows := map[string][]string{}
	readSQL(tb, path, func(c *sqlite.Conn) error {
		for name, sql := range derived {
			used, err := c.Exists("SELECT 1 FROM sqlite_schema WHERE name=?", name)
			if err != nil {
				return err
			}
			if !used {
				continue
			}
			err = c.Query(sql).Each(func(r sqlite.Row) error {
				rows[name] = append(rows[name], r.Text(0))
				return nil
			})
			if err != nil {
				return err
			}
			slices.Sort(rows[name])
		}
		return nil
	})
	return rows
}

// derived are queries of one text column each.
var derived = map[string]string{
	"plink": `SELECT concat_ws(' ', p.uuid, c.uuid, isprim, round(mtime,6), b.uuid)
		FROM plink JOIN blob p ON p.rid=pid JOIN blob c ON c.rid=cid LEFT JOIN blob b ON b.rid=baseid`,
	"mlink": `SELECT concat_ws('|', m.uuid, coalesce(f.uuid,fid), coalesce(pm.uuid,pmid), coalesce(p.uuid,pid), n.name, coalesce(pn.name,pfnid), mperm, isaux)
		FROM mlink JOIN blob m ON m.rid=mid LEFT JOIN blob f ON f.rid=fid LEFT JOIN blob pm ON pm.rid=pmid
		LEFT JOIN blob p ON p.rid=pid JOIN filename n USING(fnid) LEFT JOIN filename pn ON pn.fnid=pfnid`,
	"event": `SELECT concat_ws('|', type, uuid, round(mtime,6), coalesce(tagname,'-'), coalesce(bgcolor,'-'), coalesce(euser,'-'), user,
		coalesce(ecomment,'-'), comment, coalesce(brief,'-'), round(omtime,6)) FROM event JOIN blob ON rid=objid LEFT JOIN tag USING(tagid)`,
	"tagxref": `SELECT concat_ws('|', tagname, tagtype, coalesce(s.uuid,srcid), o.uuid, coalesce(value,'-'), iif(tagid=7,'',round(mtime,6)), b.uuid)
		FROM tagxref JOIN tag USING(tagid) JOIN blob b USING(rid) LEFT JOIN blob s ON s.rid=srcid LEFT JOIN blob o ON o.rid=origid`,
	"attachment": `SELECT concat_ws('|', isLatest, round(mtime,6), src, target, filename, comment, user) FROM attachment`,
	"forumpost": `SELECT concat_ws('|', p.uuid, r.uuid, f.uuid, i.uuid, round(fmtime,6)) FROM forumpost JOIN blob p ON p.rid=fpid JOIN blob r ON r.rid=froot
		LEFT JOIN blob f ON f.rid=fprev LEFT JOIN blob i ON i.rid=firt`,
	"leaf":        `SELECT uuid FROM leaf JOIN blob USING(rid)`,
	"phantom":     `SELECT uuid FROM phantom JOIN blob USING(rid)`,
	"orphan":      `SELECT uuid FROM orphan JOIN blob USING(rid)`,
	"unclustered": `SELECT uuid FROM unclustered JOIN blob USING(rid)`,
	"cherrypick":  `SELECT concat_ws(' ', p.uuid, c.uuid, isExclude) FROM cherrypick JOIN blob p ON p.rid=parentid JOIN blob c ON c.rid=childid`,
}

// checkRebuild has fossil rebuild a copy of the closed repository and compares
// the derived tables with ours.
func checkRebuild(t *testing.T, p *peer, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := filepath.Join(t.TempDir(), "rebuilt.fossil")
	if err := os.WriteFile(rebuilt, content, 0o600); err != nil {
		t.Fatal(err)
	}
	p.run("rebuild", rebuilt)
	got, want := dump(t, path), dump(t, rebuilt)
	for table := range derived {
		if table != "unclustered" {
			compareRows(t, table, got[table], want[table])
		}
	}
}

func compareRows(t *testing.T, table string, got, want []string) {
	t.Helper()
	for _, row := range got {
		if !slices.Contains(want, row) {
			t.Errorf("%s: only ours: %s", table, row)
		}
	}
	for _, row := range want {
		if !slices.Contains(got, row) {
			t.Errorf("%s: only after rebuild: %s", table, row)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d rows, rebuild makes %d", table, len(got), len(want))
	}
}

// checkOrders sends the artifacts of a repository to new ones in random order,
// a few per message, and expects the same tables.
func checkOrders(t *testing.T, path string) {
	t.Helper()
	type item struct {
		uuid    string
		content []byte
	}
	var items []item
	readSQL(t, path, func(c *sqlite.Conn) error {
		return store.New(0).View(c).Scan(1, true, func(rec store.Record) error {
			content, err := store.New(0).View(c).Content(rec.RID)
			items = append(items, item{rec.UUID, content})
			return err
		})
	})
	want := dump(t, path)
	for seed := range uint64(smaller(20)) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		r := newRepo(t)
		for rest := items; len(rest) > 0; {
			n := min(len(rest), 1+rng.IntN(40))
			var w xfer.Writer
			w.Push("x", r.ProjectCode())
			for _, it := range rest {
				w.IGot(it.uuid, false)
			}
			for _, it := range rest[:n] {
				w.File(xfer.File{UUID: it.uuid, Content: it.content})
			}
			rest = rest[n:]
			reply, err := r.HandleSync(t.Context(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{})
			if err != nil {
				t.Fatal(err)
			}
			if text := errorCard(t, reply); text != "" {
				t.Fatal(text)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		got := dump(t, r.Path())
		for _, table := range []string{"plink", "mlink", "event", "tagxref", "leaf", "phantom", "orphan", "attachment", "forumpost"} {
			compareRows(t, fmt.Sprint(table, " with seed ", seed), got[table], want[table])
		}
		if t.Failed() {
			return
		}
	}
}
