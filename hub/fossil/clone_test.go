package fossil_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/xfer"
)

func TestCloneGoesOnWhereItStopped(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: sourceTree(300, 2000), Replace: true})
	for _, version := range []int{2, 3} {
		seen := map[string]bool{}
		rounds := 0
		for next := int64(1); next != 0; rounds++ {
			var w xfer.Writer
			w.Clone(version, next)
			w.CloneSeqNo(next) // some clients say it twice
			reply, err := r.HandleSync(t.Context(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{MaxReply: 100_000})
			if err != nil {
				t.Fatal(err)
			}
			cards := replyCards(t, reply)
			for _, c := range cardsOf[xfer.CFile](cards) {
				plain, err := blob.Decompress(c.Framed, c.Size)
				if err != nil || !blob.Verify(c.UUID, plain) {
					t.Fatalf("cfile %s: %v", c.UUID, err)
				}
				seen[c.UUID] = true
			}
			for _, c := range cardsOf[xfer.File](cards) {
				seen[c.UUID] = true
			}
			codes := cardsOf[xfer.Push](cards)
			if len(codes) != 1 || codes[0].ProjectCode != r.ProjectCode() || codes[0].ServerCode != r.ProjectCode() {
				t.Fatalf("codes %v, want the project's twice", codes)
			}
			seqno := cardsOf[xfer.CloneSeqNo](cards)
			if len(seqno) != 1 {
				t.Fatalf("clone_seqno %v", seqno)
			}
			next = seqno[0].SeqNo
		}
		if s, err := r.Stats(t.Context()); err != nil || int64(len(seen)) != s.Artifacts || rounds < 3 {
			t.Errorf("version %d: %d of %d artifacts in %d rounds, %v", version, len(seen), s.Artifacts, rounds, err)
		}
	}
	if igots := cardsOf[xfer.IGot](send(t, r, func(w *xfer.Writer) { w.Clone(0, 0) })); len(igots) < 300 {
		t.Errorf("old clone announces %d artifacts", len(igots))
	}
}

func TestCloneWhileOthersCommit(t *testing.T) {
	p := newPeer(t)
	r, url, as := seededHub(t, smaller(400))
	ctx := context.Background()
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			if _, err := r.Commit(ctx, fossil.Commit{Comment: fmt.Sprint("while ", i), Files: []fossil.File{{Name: "busy", Content: fmt.Append(nil, i)}}}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 2 {
		p.run("clone", url, fmt.Sprintf("c%d.fossil", i))
		expect(t, "test-integrity", p.run("test-integrity", "-R", fmt.Sprintf("c%d.fossil", i)), " 0 errors")
	}
	c := cloneOf(t, fossil.NewHTTPTransport(url), fossil.CloneOptions{Login: as.Login})
	close(done)
	wg.Wait()
	for i := range 2 {
		p.run("pull", url, "-R", fmt.Sprintf("c%d.fossil", i))
		tip, err := r.Tip(ctx, fossil.Trunk)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "info", p.run("info", "trunk", "-R", fmt.Sprintf("c%d.fossil", i)), tip.UUID)
	}
	if _, err := c.Pull(ctx, fossil.NewHTTPTransport(url), as); err != nil {
		t.Fatal(err)
	}
	sameRepo(t, r, c)
}

func TestClonesOfManyPartsAtTheSameTime(t *testing.T) {
	r := newRepo(t)
	big := make([]byte, smaller(2<<20))
	_, _ = rand.NewChaCha8([32]byte{2}).Read(big) // never fails
	var tree []fossil.File
	for i := range 10 {
		tree = append(tree, fossil.File{Name: fmt.Sprint("f", i), Content: append(fmt.Append(nil, i), big...)})
	}
	commit(t, r, fossil.Commit{Files: tree, Replace: true})
	url := serve(t, r)
	var wg sync.WaitGroup
	clones := make([]*fossil.Repo, 3)
	for i := range clones {
		wg.Go(func() {
			path := filepath.Join(t.TempDir(), "clone")
			var err error
			if clones[i], err = fossil.Clone(context.Background(), path, fossil.NewHTTPTransport(url), fossil.CloneOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, c := range clones {
		if c == nil {
			continue
		}
		sameRepo(t, r, c)
		if err := errors.Join(c.Verify(context.Background()), c.Close()); err != nil {
			t.Error(err)
		}
	}
	if n := r.Requests(); !raceOn && n < 3*4 {
		t.Errorf("%d requests for three clones of four parts", n)
	}
}

// cloned returns the cards of a whole clone.
func cloned(t *testing.T, r *fossil.Repo, version int) (cards []xfer.Card) {
	t.Helper()
	for next := int64(1); next != 0; {
		reply := send(t, r, func(w *xfer.Writer) { w.Clone(version, next) })
		next = cardsOf[xfer.CloneSeqNo](reply)[0].SeqNo
		cards = append(cards, reply...)
	}
	return cards
}

// pagesFor returns how many pages a client's database takes if it enters the
// artifacts in this order.
func pagesFor(t *testing.T, artifacts []xfer.CFile) (pages int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(c *sqlite.Conn) error {
		if err := c.Exec("CREATE TABLE blob(rid INTEGER PRIMARY KEY, rcvid INTEGER, size INTEGER, uuid TEXT, content BLOB)"); err != nil {
			return err
		}
		for _, a := range artifacts {
			if err := c.Exec("INSERT INTO blob(rcvid,size,uuid,content) VALUES(1,?,?,?)", a.Size, a.UUID, a.Framed); err != nil {
				return err
			}
		}
		pages, err = c.Int64("PRAGMA page_count")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestCloneFillsTheClientsPages(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: sourceTree(500, 12000)})
	byRID := cardsOf[xfer.File](cloned(t, r, 2))
	sent := cardsOf[xfer.CFile](cloned(t, r, 3))
	if len(sent) != len(byRID) {
		t.Fatalf("%d artifacts come, want %d", len(sent), len(byRID))
	}
	place := map[string]int{}
	for i, f := range byRID {
		place[f.UUID] = i
	}
	sorted := slices.SortedFunc(slices.Values(sent), func(a, b xfer.CFile) int { return cmp.Compare(place[a.UUID], place[b.UUID]) })
	for i, c := range sorted {
		if c.UUID != byRID[i].UUID {
			t.Fatalf("artifact %s is missing, or %s comes twice", byRID[i].UUID, c.UUID)
		}
	}
	if got, before := pagesFor(t, sent), pagesFor(t, sorted); float64(got) > 0.93*float64(before) {
		t.Errorf("the clone takes %d pages, %d in the order of arrival", got, before)
	}
}

func TestCloneSendsTheSourceOfADeltaFirst(t *testing.T) {
	r := newRepo(t)
	tree := sourceTree(10, 1000)
	commit(t, r, fossil.Commit{Files: tree})
	next := append(slices.Clip(tree[5].Content), "one more line\n"...)
	commit(t, r, fossil.Commit{Files: []fossil.File{{Name: tree[5].Name, Content: next}}})
	source, target := blob.SHA1(tree[5].Content), blob.SHA1(next)
	d := blob.Compress(nil, delta.Create(tree[5].Content, next)) // as Fossil stores it
	execSQL(t, r.Path(), "UPDATE blob SET content=? WHERE uuid=?", d, target)
	execSQL(t, r.Path(), "INSERT INTO delta SELECT a.rid, b.rid FROM blob AS a, blob AS b WHERE a.uuid=? AND b.uuid=?", target, source)
	seen := map[string]bool{}
	for _, c := range cardsOf[xfer.CFile](cloned(t, r, 3)) {
		seen[c.UUID] = true
		if c.UUID == target && (c.Source != source || !seen[source]) {
			t.Errorf("%s comes as a delta of %q, whose own card has come: %v", target, c.Source, seen[c.Source])
		}
	}
	if !seen[target] {
		t.Error("the delta does not come")
	}
}

func TestCloneIsOfThisMoment(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	content := []byte("comes, and goes\n")
	has := func() bool {
		t.Helper()
		var w xfer.Writer
		w.Clone(3, 1)
		resp := do(t, r, "POST", "/", xfer.Compressed.ContentType(), xfer.Encode(w.Bytes(), xfer.Compressed), nil)
		cards := replyCards(t, xfer.Encode([]byte(readBody(t, resp)), xfer.Compressed))
		return slices.ContainsFunc(cardsOf[xfer.CFile](cards), func(c xfer.CFile) bool { return c.UUID == blob.SHA1(content) })
	}
	commit(t, r, fossil.Commit{Files: files("a=1")})
	if has() {
		t.Error("the file comes before it is there")
	}
	commit(t, r, fossil.Commit{Files: []fossil.File{{Name: "f", Content: content}}})
	if !has() {
		t.Error("a clone after the commit lacks it")
	}
	execSQL(t, r.Path(), "INSERT INTO private SELECT rid FROM blob WHERE uuid=?", blob.SHA1(content))
	if has() {
		t.Error("a private file comes")
	}
	execSQL(t, r.Path(), "DELETE FROM private")
	if !has() {
		t.Error("a file that is public again does not come")
	}
	execSQL(t, r.Path(), "INSERT INTO shun(uuid) VALUES(?)", blob.SHA1(content))
	if has() {
		t.Error("a shunned file comes")
	}
}
