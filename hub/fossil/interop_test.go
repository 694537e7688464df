package fossil_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
)

// seededHub returns a hub with a small tree, its URL, and an account "dev1"
// that may do everything but administer.
func seededHub(tb testing.TB, files int) (*fossil.Repo, string, fossil.SyncOptions) {
	tb.Helper()
	r := newRepo(tb)
	commit(tb, r, fossil.Commit{Comment: "session base: 0000000", Files: sourceTree(files, 2000), Replace: true})
	as := addUser(tb, r, "dev1", "oihxyg", "secret")
	return r, serve(tb, r), as
}

func TestTwoClientsCommitInTurn(t *testing.T) {
	p := newPeer(t)
	r, url, _ := seededHub(t, 20)
	addUser(t, r, "dev2", "oih", "")
	clients := []*peer{p.loginTo(url, "one", "dev1", "secret"), p.cloneTo(url, "two")}
	for i := range 4 {
		c := clients[i%2]
		c.run("update")
		c.write("shared.txt", strings.Repeat(fmt.Sprintln("round", i), i+1))
		c.write(fmt.Sprintf("own%d.txt", i), "x\n")
		c.run("addremove")
		out := c.run("commit", "-m", fmt.Sprint("turn ", i))
		if strings.Contains(out, "fork") || strings.Contains(out, "rror") {
			t.Errorf("turn %d:\n%s", i, out)
		}
		expect(t, "timeline of the live file", p.run("timeline", "-R", r.Path(), "-n", "1"), fmt.Sprint("turn ", i))
		expect(t, "ls -r trunk of the live file", p.run("ls", "-r", "trunk", "-R", r.Path()), fmt.Sprintf("own%d.txt", i), "shared.txt")
	}
	tip, err := r.Tip(context.Background(), fossil.Trunk)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "info of the live file", p.run("info", "trunk", "-R", r.Path()), tip.UUID, "turn 3")
	if out := p.run("leaves", "-R", r.Path()); strings.Count(out, "] ") != 1 {
		t.Errorf("leaves of the live file:\n%s", out)
	}
	expect(t, "branch list", p.run("branch", "list", "-R", r.Path()), "trunk")
	p.integrity(r)
}

func TestVanillaVerbsAgainstTheHub(t *testing.T) {
	p := newPeer(t)
	r, url, _ := seededHub(t, 5)
	a := p.loginTo(url, "a", "dev1", "secret")
	big := make([]byte, smaller(20<<20))
	_, _ = rand.NewChaCha8([32]byte{1}).Read(big) // never fails
	a.write("big.bin", string(big))
	a.run("add", "big.bin")
	a.run("commit", "--no-warnings", "-m", "twenty megabytes")
	a.run("branch", "new", "side", "trunk")
	a.run("tag", "add", "mark", "trunk")
	a.run("sync")
	a.run("sync", "--verily")
	a.write("note.txt", "unversioned\n")
	// Of two versions of one second the larger hash stays: the removal below needs a later one.
	a.run("uv", "add", "note.txt", "--mtime", "2020-01-01 12:00:00")
	a.run("uv", "add", "big.bin", "--as", "big-copy")
	a.run("uv", "sync")
	a.run("config", "pull", "all")
	a.run("pull")

	b := p.cloneTo(url, "b")
	got, err := os.ReadFile(filepath.Join(b.dir, "big.bin"))
	if err != nil || sha256.Sum256(got) != sha256.Sum256(big) {
		t.Errorf("big file: %d bytes, %v", len(got), err)
	}
	b.run("uv", "sync")
	expect(t, "uv list", b.run("uv", "list"), "note.txt", "big-copy")
	if out := b.run("uv", "cat", "note.txt"); out != "unversioned\n" {
		t.Errorf("uv cat = %q", out)
	}
	expect(t, "branches of a clone", b.run("branch", "list"), "side", "trunk")
	expect(t, "tags of a clone", b.run("tag", "list"), "mark")
	a.run("uv", "rm", "note.txt")
	a.run("uv", "sync")
	b.run("uv", "sync")
	if out := b.run("uv", "list"); strings.Contains(out, "note.txt") || !strings.Contains(out, "big-copy") {
		t.Errorf("uv list after a removal:\n%s", out)
	}
	p.integrity(r)
}

func TestPushOfThousandsByFossil(t *testing.T) {
	p := newPeer(t)
	r, url, _ := seededHub(t, 5)
	a := p.loginTo(url, "a", "dev1", "secret")
	n := smaller(2000)
	for i := range n {
		a.write(fmt.Sprintf("d%d/f%d.txt", i%20, i), fmt.Sprintf("content %d\n", i))
	}
	a.run("add", ".")
	a.run("commit", "--no-warnings", "-m", "much")
	b := p.cloneTo(url, "b")
	if out := b.run("ls"); strings.Count(out, "\n") != n+5 {
		t.Errorf("%d files in a fresh clone", strings.Count(out, "\n"))
	}
	b.run("sync")
	p.integrity(r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	checkRebuild(t, p, r.Path())
}

func TestFossilIsRefusedInTheRightWords(t *testing.T) {
	p := newPeer(t)
	r, url, _ := seededHub(t, 3)
	other, otherURL, _ := seededHub(t, 3)
	if err := r.SetCaps(context.Background(), "nobody", "go"); err != nil {
		t.Fatal(err)
	}
	p.run("clone", url, "mine.fossil")
	refused := func(text string, args ...string) {
		out, _ := p.try(args...) // fossil ends with 0 after some refusals
		expect(t, "fossil "+strings.Join(args, " "), out, text)
	}
	refused("login failed", "sync", withLogin(url, "dev1", "wrong"), "--once", "-R", "mine.fossil")
	refused("login failed", "sync", withLogin(url, "ghost", "secret"), "--once", "-R", "mine.fossil")
	refused("login failed", "clone", withLogin(url, "dev1", "wrong"), "bad.fossil")
	refused("wrong project", "pull", otherURL, "--once", "-R", "mine.fossil")
	refused("wrong project", "sync", otherURL, "--once", "-R", "mine.fossil")
	refused("not authorized to write", "push", url, "--once", "-R", "mine.fossil")
	if err := r.SetCaps(context.Background(), "nobody", ""); err != nil {
		t.Fatal(err)
	}
	refused("not authorized to clone", "clone", url, "no.fossil")
	refused("not authorized to read", "pull", url, "--once", "-R", "mine.fossil")
	before, err := other.Stats(context.Background())
	if err != nil || before.CheckIns != 1 {
		t.Errorf("the other project has %+v, %v", before, err)
	}
}

func TestOurClientWorksWithFossilServer(t *testing.T) {
	p := newPeer(t)
	ctx := context.Background()
	p.run("new", "theirs.fossil", "-A", "boss")
	p.run("user", "new", "dev1", "contact", "secret", "-R", "theirs.fossil")
	p.run("user", "capabilities", "dev1", "ghio", "-R", "theirs.fossil")
	p.run("open", "theirs.fossil", "--workdir", "co")
	co := p.in("co")
	co.run("user", "default", "boss")
	co.write("a.txt", strings.Repeat("line\n", 200))
	co.write("b.txt", "b\n")
	co.run("add", ".")
	co.run("commit", "-m", "first")
	co.write("a.txt", strings.Repeat("line\n", 200)+"more\n")
	co.run("commit", "-m", "second")
	url := p.server("theirs.fossil")
	as := fossil.SyncOptions{Login: fossil.Login{User: "dev1", Password: "secret"}}

	for name, login := range map[string]fossil.Login{"nobody": {}, "dev1": as.Login} {
		c := cloneOf(t, fossil.NewHTTPTransport(url), fossil.CloneOptions{Login: login})
		got, err := c.ReadFileAt(ctx, "trunk", "a.txt")
		if err != nil || !bytes.HasSuffix(got, []byte("more\n")) {
			t.Errorf("%s: a.txt = %d bytes, %v", name, len(got), err)
		}
	}
	c := cloneOf(t, fossil.NewHTTPTransport(url), fossil.CloneOptions{Login: as.Login})
	ci := commit(t, c, fossil.Commit{Comment: "from us", User: "dev1", Files: sourceTree(300, 500)})
	s, err := c.Push(ctx, fossil.NewHTTPTransport(url), as)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("push %+v", s)
	expect(t, "their timeline", p.run("timeline", "-R", "theirs.fossil"), "from us")
	co.run("update")
	if got, err := os.ReadFile(filepath.Join(co.dir, sourceTree(1, 500)[0].Name)); err != nil || len(got) == 0 {
		t.Errorf("pushed file: %d bytes, %v", len(got), err)
	}
	co.write("b.txt", "changed\n")
	co.run("commit", "-m", "third")
	if _, err := c.Pull(ctx, fossil.NewHTTPTransport(url), as); err != nil {
		t.Fatal(err)
	}
	if got, err := c.ReadFileAt(ctx, "trunk", "b.txt"); err != nil || string(got) != "changed\n" {
		t.Errorf("b.txt = %q, %v", got, err)
	}
	expect(t, "test-integrity", p.run("test-integrity", "--parse", "-R", "theirs.fossil"), " 0 errors")
	if tip, err := c.Tip(ctx, fossil.Trunk); err != nil || tip.UUID == ci.UUID {
		t.Errorf("tip = %+v, %v", tip, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	checkRebuild(t, p, c.Path())
}
