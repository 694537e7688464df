package fossil_test

import (
	"context"
	"crypto/md5"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

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
