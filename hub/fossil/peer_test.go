package fossil_test

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// dump returns the rows of the derived tables with hashes for numbers, sorted.
func dump(tb testing.TB, path string) map[string][]string {
	tb.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	rows := map[string][]string{}
	err = db.Read(ctx, func(c *sqlite.Conn) error {
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
	if err != nil {
		tb.Fatal(err)
	}
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

func (p *peer) write(name, content string) {
	p.tb.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		p.tb.Fatal(err)
	}
}

// in returns the same peer in another directory.
func (p *peer) in(dir string) *peer {
	q := *p
	q.dir = filepath.Join(p.dir, dir)
	return &q
}

// cloneTo clones the hub and opens it in a new directory.
func (p *peer) cloneTo(url, name string) *peer {
	p.tb.Helper()
	p.run("clone", url, name+".fossil")
	p.run("open", name+".fossil", "--workdir", name)
	return p.in(name)
}

// loginTo is cloneTo with an account, whose password the clone keeps.
func (p *peer) loginTo(url, name, login, password string) *peer {
	p.tb.Helper()
	p.run("clone", strings.Replace(url, "http://", "http://"+login+":"+password+"@", 1), name+".fossil")
	p.run("sql", "-R", name+".fossil", "REPLACE INTO config(name,value) VALUES('last-sync-pw', obscure('"+password+"'))")
	p.run("open", name+".fossil", "--workdir", name)
	q := p.in(name)
	q.run("user", "default", login)
	return q
}

func TestDayOfWorkLeavesTablesAsRebuildWould(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	ctx := context.Background()
	commit(t, r, fossil.Commit{Comment: "seed", Files: sourceTree(130, 2000), Replace: true})
	if err := r.CreateUser(ctx, fossil.User{Login: "dev1", Caps: "oihxya"}, "secret"); err != nil {
		t.Fatal(err)
	}
	url := serve(t, r)
	a := p.loginTo(url, "a", "dev1", "secret")

	a.write("new file.txt", "one\n")
	a.write("bin/tool", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(a.dir, "bin/tool"), 0o755); err != nil {
		t.Fatal(err)
	}
	a.write("empty", "")
	if err := os.Symlink("new file.txt", filepath.Join(a.dir, "link")); err != nil {
		t.Fatal(err)
	}
	a.run("settings", "allow-symlinks", "on")
	a.run("add", ".")
	a.run("commit", "-m", "add things [with brackets]")
	a.write("new file.txt", "one\ntwo\n")
	a.run("mv", "--hard", "empty", "void")
	a.run("commit", "-m", "change and rename")
	a.run("rm", "--hard", "void")
	a.run("commit", "-m", "remove", "--branch", "feature", "--bgcolor", "#ffeedd")
	a.write("feature.txt", "f\n")
	a.run("add", "feature.txt")
	a.run("commit", "-m", "on feature", "--tag", "mark1")
	a.run("update", "trunk")
	a.write("trunk.txt", "t\n")
	a.run("add", "trunk.txt")
	a.run("commit", "-m", "on trunk")
	a.run("merge", "feature")
	a.run("commit", "-m", "merge feature")
	a.write("new file.txt", "one\ntwo\nthree\n")
	a.run("commit", "--delta", "-m", "delta manifest")
	a.write("new file.txt", "one\ntwo\nthree\nfour\n")
	a.run("rm", "--hard", "bin/tool")
	a.run("commit", "--delta", "-m", "second delta manifest")
	a.run("branch", "new", "empty-branch", "trunk")
	a.run("tag", "add", "release-1", "trunk", "some value")
	a.run("tag", "add", "--propagate", "prop", "feature", "x & <y>")
	a.run("tag", "cancel", "prop", "feature")
	a.run("amend", "feature", "-m", "edited comment", "--bgcolor", "#aabbcc", "--author", "somebody")
	a.run("amend", "trunk", "--date", "2020-01-02T03:04:05", "--branch", "moved")
	a.write("page.wiki", "some text\n")
	a.run("wiki", "create", "My Page", "page.wiki")
	a.write("page.wiki", "other text\n")
	a.run("wiki", "commit", "My Page", "page.wiki")
	a.run("wiki", "create", "Tech", "page.wiki", "--technote", "2026-05-06T07:08:09")
	a.write("page.wiki", "text of a newer version\n")
	a.run("wiki", "commit", "Tech", "page.wiki", "--technote", "2026-05-06T07:08:09", "--technote-tags", "note one", "--technote-bgcolor", "#123456")
	a.run("attachment", "add", "My Page", "new file.txt")
	a.run("attachment", "add", "new file.txt", "--technote", "2026-05-06T07:08:09")
	a.run("ticket", "add", "title", "Crash & <burn>", "status", "Open", "severity", "Minor")
	id := ticketID(a)
	a.run("ticket", "set", id, "status", "Fixed 'now'", "comment", "done")
	a.run("ticket", "set", id, "+comment", "really", "priority", "High", "title", "Crash")
	a.run("ticket", "set", id, "status", "Closed")
	a.run("ticket", "set", id, "severity", "Major")
	a.run("update", "feature")
	a.write("pick.txt", "p\n")
	a.run("add", "pick.txt")
	a.run("commit", "-m", "to be picked", "--allow-fork")
	a.run("update", "moved")
	a.run("merge", "--cherrypick", "feature")
	a.run("commit", "-m", "picked")
	a.run("merge", "--backout", "moved")
	a.run("commit", "-m", "backed out")
	a.run("amend", "empty-branch", "--close")
	a.run("amend", "empty-branch", "--hide")
	a.run("sync")
	pushForum(t, r, id)

	for _, want := range []string{"add things", "merge feature", "picked"} {
		if out := p.run("timeline", "-R", r.Path(), "-n", "0"); !strings.Contains(out, want) {
			t.Errorf("timeline of the live file lacks %q:\n%s", want, out)
		}
	}
	if out := p.run("test-integrity", "-R", r.Path(), "--parse"); strings.Contains(out, "not ok") {
		t.Error(out)
	}
	b := p.cloneTo(url, "b")
	b.run("update", "feature")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	checkRebuild(t, p, r.Path())
	t.Run("in any order", func(t *testing.T) { checkOrders(t, r.Path()) })
}

// pushForum sends what the fossil program has no commands for: a thread of the
// forum, and files attached to a ticket.
func pushForum(t *testing.T, r *fossil.Repo, ticket string) {
	t.Helper()
	var w xfer.Writer
	w.Push("x", r.ProjectCode())
	post := func(format string, args ...any) string {
		body := []byte(fmt.Sprintf(format, args...))
		body = fmt.Appendf(body, "Z %x\n", md5.Sum(body))
		w.File(xfer.File{UUID: blob.SHA1(body), Content: body})
		return blob.SHA1(body)
	}
	const first, text = "D 2026-07-01T00:00:0%d\nH First\\s<title>\nN text/plain\nU dev1\nW 5\nhello\n", "W 4\ntext\n"
	root := post(first, 0)
	reply := post("D 2026-07-01T00:00:01\nG %s\nI %s\nN text/plain\nU dev1\n"+text, root, root)
	post("D 2026-07-01T00:00:02\nG %s\nI %s\nN text/plain\nP %s\nU dev1\n"+text, root, root, reply)
	post("D 2026-07-01T00:00:03\nG %s\nI %s\nN text/plain\nU dev1\nW 0\n\n", root, reply)
	post("D 2026-07-01T00:00:04\nG %s\nH New\\stitle's\nN text/plain\nP %s\nU dev1\n"+text, root, root)
	source := blob.SHA1([]byte("one\ntwo\n"))
	post("A some\\s&.txt %s %s\nC see\\sthis\nD 2026-07-01T00:00:05\nU dev1\n", ticket, source)
	post("A some\\s&.txt %s\nD 2026-07-01T00:00:06\nU dev1\n", ticket)
	answer, err := r.HandleSync(t.Context(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{})
	if err != nil {
		t.Fatal(err)
	}
	if text := errorCard(t, answer); text != "" {
		t.Fatal(text)
	}
	if wanted := cardsOf[xfer.Gimme](replyCards(t, answer)); len(wanted) != 0 {
		t.Fatalf("the hub asks for %v", wanted)
	}
}

// ticketID returns the name of the one ticket.
func ticketID(p *peer) string {
	p.tb.Helper()
	out := strings.TrimSpace(p.run("sql", "-R", filepath.Join("..", "a.fossil"), "SELECT tkt_uuid FROM ticket"))
	return strings.Trim(out, "'")
}

// checkOrders sends the artifacts of a repository to new ones in random order,
// a few per message, and expects the same tables.
func checkOrders(t *testing.T, path string) {
	t.Helper()
	type item struct {
		uuid    string
		content []byte
	}
	ctx := context.Background()
	var items []item
	db, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Read(ctx, func(c *sqlite.Conn) error {
		return store.New(0).View(c).Scan(1, true, func(rec store.Record) error {
			content, err := store.New(0).View(c).Content(rec.RID)
			items = append(items, item{rec.UUID, content})
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := dump(t, path)
	for seed := range uint64(scaled(20)) {
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
			reply, err := r.HandleSync(ctx, xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{})
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

// errorCard returns the text of the reply's error card, if it has one.
func errorCard(t *testing.T, reply []byte) string {
	t.Helper()
	for _, card := range replyCards(t, reply) {
		if e, ok := card.(xfer.Error); ok {
			return e.Text
		}
	}
	return ""
}

// replyCards decodes a reply of HandleSync.
func replyCards(tb testing.TB, reply []byte) (cards []xfer.Card) {
	tb.Helper()
	plain, err := xfer.Decode(reply, xfer.Compressed, xfer.NewBudget(1<<30))
	if err != nil {
		tb.Fatal(err)
	}
	for r := xfer.NewReader(plain); ; {
		card, err := r.Next()
		if errors.Is(err, io.EOF) {
			return cards
		}
		if err != nil {
			tb.Fatal(err)
		}
		cards = append(cards, card)
	}
}
