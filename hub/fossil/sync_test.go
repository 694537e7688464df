package fossil_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/xfer"
)

func TestPullOnlyUserIsToldSo(t *testing.T) {
	r := newRepo(t)
	if err := r.SetCaps(t.Context(), "nobody", "go"); err != nil {
		t.Fatal(err)
	}
	cards := send(t, r, func(w *xfer.Writer) {
		w.Pull("x", r.ProjectCode())
		w.Push("x", r.ProjectCode())
	})
	messages := cardsOf[xfer.Message](cards)
	if len(messages) != 1 || messages[0].Text != "pull only - not authorized to push" {
		t.Errorf("reply %v, want the pull-only message", cards)
	}
}

// wire is a check-in with its file, ready to be sent.
type wire struct{ file, manifest []byte }

// makeWire makes a check-in of one file.
func makeWire(content string, parents ...string) wire {
	w := wire{file: []byte(content)}
	w.manifest = (&artifact.Artifact{
		Kind:    artifact.CheckIn,
		Comment: "push " + content,
		Time:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		User:    "tester",
		Files:   []artifact.File{{Name: "f", UUID: blob.SHA1(w.file)}},
		Parents: parents,
	}).Encode()
	return w
}

func TestPushOfAChildBeforeItsParent(t *testing.T) {
	r := newRepo(t)
	root := makeWire("one")
	child := makeWire("two", blob.SHA1(root.manifest))
	push := func(contents ...[]byte) []xfer.Card {
		return send(t, r, func(w *xfer.Writer) {
			w.Push("x", r.ProjectCode())
			for _, c := range contents {
				w.File(xfer.File{UUID: blob.SHA1(c), Content: c})
			}
		})
	}
	if wanted := cardsOf[xfer.Gimme](push(child.manifest)); len(wanted) != 1 || wanted[0].UUID != blob.SHA1(root.manifest) {
		t.Errorf("hub asks for %v, want the parent", wanted)
	}
	if wanted := cardsOf[xfer.Gimme](push(root.manifest)); len(wanted) != 2 {
		t.Errorf("hub asks for %v, want both files", wanted)
	}
	if left := cardsOf[xfer.Gimme](push(root.file, child.file)); len(left) != 0 {
		t.Errorf("hub still asks for %v", left)
	}
	checkFiles(t, r, blob.SHA1(child.manifest), "f=two")
	if ci, err := r.Tip(t.Context(), fossil.Trunk); err != nil || ci.UUID != blob.SHA1(child.manifest) {
		t.Errorf("tip %v, %v; want the child", ci, err)
	}
}

func TestDeltaWaitsForItsSource(t *testing.T) {
	r := newRepo(t)
	base := bytes.Repeat([]byte("a line of the source\n"), 20)
	next := append(bytes.Clone(base), "and one more\n"...)
	last := append(bytes.Clone(next), "and another\n"...)
	wrong := sha1Hex("something else")
	send(t, r, func(w *xfer.Writer) {
		w.Push("x", r.ProjectCode())
		w.File(xfer.File{UUID: blob.SHA1(last), Source: blob.SHA1(next), Content: delta.Create(next, last)})
		w.File(xfer.File{UUID: blob.SHA1(next), Source: blob.SHA1(base), Content: delta.Create(base, next)})
		w.File(xfer.File{UUID: wrong, Source: blob.SHA1(base), Content: delta.Create(base, next)})
	})
	cards := send(t, r, func(w *xfer.Writer) {
		w.Push("x", r.ProjectCode())
		w.CFile(xfer.CFile{UUID: blob.SHA1(base), Size: int64(len(base)), Framed: blob.Compress(nil, base)})
	})
	if wanted := cardsOf[xfer.Gimme](cards); len(wanted) != 1 || wanted[0].UUID != wrong {
		t.Errorf("hub asks for %v, want only the delta that proved wrong", wanted)
	}
	for _, content := range [][]byte{base, next, last} {
		if got := parentManifest(t, r, blob.SHA1(content)); !bytes.Equal(got, content) {
			t.Errorf("artifact differs: %d bytes, want %d", len(got), len(content))
		}
	}
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestPrivateArtifactsNeedTheRight(t *testing.T) {
	r := newRepo(t)
	if err := r.CreateUser(t.Context(), fossil.User{Login: "dev", Caps: "oix"}, "secret"); err != nil {
		t.Fatal(err)
	}
	content := []byte("private content\n")
	uuid := blob.SHA1(content)
	private := xfer.File{UUID: uuid, Content: content, Private: true}
	if got := refused(t, send(t, r, func(w *xfer.Writer) { w.Push("x", r.ProjectCode()); w.File(private) })); got != "not authorized to sync private content" {
		t.Errorf("private push by nobody: %q", got)
	}
	asDev := func(fn func(w *xfer.Writer)) []xfer.Card {
		var w xfer.Writer
		fn(&w)
		return sendRaw(t, r, signed(r.ProjectCode(), "dev", "secret", w.Bytes()))
	}
	asDev(func(w *xfer.Writer) { w.Push("x", r.ProjectCode()); w.File(private) })
	get := func(w *xfer.Writer) { w.Pull("x", r.ProjectCode()); w.Gimme(uuid) }
	if cards := send(t, r, get); len(cardsOf[xfer.File](cards)) != 0 || len(cardsOf[xfer.IGot](cards)) != 0 {
		t.Errorf("private content goes to nobody: %v", cards)
	}
	if cards := send(t, r, func(w *xfer.Writer) { w.Clone(3, 1) }); len(cardsOf[xfer.CFile](cards)) != 0 {
		t.Errorf("private content in a clone: %v", cards)
	}
	cards := asDev(func(w *xfer.Writer) { w.Pragma("send-private"); get(w) })
	if got := cardsOf[xfer.File](cards); len(got) != 1 || !got[0].Private {
		t.Errorf("reply to the right user: %v, want the private file", cards)
	}
	if got := cardsOf[xfer.IGot](cards); len(got) != 1 || !got[0].Private {
		t.Errorf("announced %v, want the private artifact", got)
	}
	send(t, r, func(w *xfer.Writer) { w.Push("x", r.ProjectCode()); w.File(xfer.File{UUID: uuid, Content: content}) })
	if cards := send(t, r, get); len(cardsOf[xfer.File](cards)) != 1 {
		t.Errorf("content that came again as public is still private: %v", cards)
	}
}

func TestShunnedArtifactsNeitherComeNorGo(t *testing.T) {
	r := newRepo(t)
	old, fresh := []byte("already here\n"), []byte("not yet here\n")
	send(t, r, func(w *xfer.Writer) {
		w.Push("x", r.ProjectCode())
		w.File(xfer.File{UUID: blob.SHA1(old), Content: old})
	})
	for _, content := range [][]byte{old, fresh} {
		execSQL(t, r.Path(), "INSERT INTO shun(uuid) VALUES(?)", blob.SHA1(content))
	}
	cards := send(t, r, func(w *xfer.Writer) {
		w.Pull("x", r.ProjectCode())
		w.Push("x", r.ProjectCode())
		w.File(xfer.File{UUID: blob.SHA1(fresh), Content: fresh})
		w.IGot(blob.SHA1(fresh), false)
		w.Gimme(blob.SHA1(old))
	})
	clone := send(t, r, func(w *xfer.Writer) { w.Clone(3, 1) })
	if n := len(cardsOf[xfer.File](cards)) + len(cardsOf[xfer.IGot](cards)) + len(cardsOf[xfer.Gimme](cards)) + len(cardsOf[xfer.CFile](clone)); n != 0 {
		t.Errorf("shunned artifacts travel: %v %v", cards, clone)
	}
}

func TestManyArtifactsAreAnnouncedByClusters(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: sourceTree(1000, 200), Replace: true})
	pull := func(w *xfer.Writer) { w.Pull("x", r.ProjectCode()) }
	announced := cardsOf[xfer.IGot](send(t, r, pull))
	if len(announced) != 2 {
		t.Errorf("a pull after the seed announces %d artifacts, want 2 clusters", len(announced))
	}
	send(t, r, func(w *xfer.Writer) {
		w.Push("x", r.ProjectCode())
		for i := range 120 {
			content := fmt.Appendf(nil, "pushed %d\n", i)
			w.File(xfer.File{UUID: blob.SHA1(content), Content: content})
		}
	})
	eventually(t, "a pull is answered with the cluster", func() bool { // not while the log is written back
		announced = cardsOf[xfer.IGot](send(t, r, pull))
		return len(announced) == 1
	})
	cluster, err := artifact.Parse(parentManifest(t, r, announced[0].UUID))
	if err != nil || cluster.Kind != artifact.Cluster || len(cluster.Members) != 122 {
		t.Errorf("cluster %+v, %v; want 122 members", cluster, err)
	}
	all := cardsOf[xfer.IGot](send(t, r, func(w *xfer.Writer) { w.Pragma("send-catalog"); pull(w) }))
	if len(all) != 1000+1+2+120+1 {
		t.Errorf("the catalogue has %d artifacts, want 1124", len(all))
	}
	clusters := cardsOf[xfer.IGot](send(t, r, func(w *xfer.Writer) { w.Pragma("req-clusters"); pull(w) }))
	if len(clusters) < 3 {
		t.Errorf("%d clusters, want 3", len(clusters))
	}
}

func TestReplyFitsItsTransport(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: sourceTree(20, 100_000), Replace: true})
	var w xfer.Writer
	w.Clone(3, 1)
	reply, err := r.HandleSync(t.Context(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{MaxReply: 1000})
	if err != nil || len(reply) > 1000 {
		t.Errorf("%d bytes, %v; want an error card", len(reply), err)
	}
	if text := errorCard(t, reply); text == "" {
		t.Error("no error card in a reply that could not fit")
	}
}

func TestPushRecordsWhereItCameFrom(t *testing.T) {
	r := newRepo(t)
	if err := r.CreateUser(t.Context(), fossil.User{Login: "dev", Caps: "oi"}, "secret"); err != nil {
		t.Fatal(err)
	}
	w := makeWire("one")
	var cards xfer.Writer
	cards.Push("x", r.ProjectCode())
	cards.File(xfer.File{UUID: blob.SHA1(w.file), Content: w.file})
	cards.File(xfer.File{UUID: blob.SHA1(w.manifest), Content: w.manifest})
	message := signed(r.ProjectCode(), "dev", "secret", cards.Bytes())
	heard := make(chan fossil.CheckIn, 1)
	defer r.Subscribe(func(ci fossil.CheckIn) { heard <- ci })()
	sendRaw(t, r, message)
	sendRaw(t, r, message) // a repeated nonce is no problem
	if ci := <-heard; ci.UUID != blob.SHA1(w.manifest) || ci.User != "tester" {
		t.Errorf("heard of %v, want the pushed check-in", ci)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	readSQL(t, r.Path(), func(c *sqlite.Conn) error {
		n, err := c.Int64(`SELECT count(DISTINCT rcvid) FROM blob JOIN rcvfrom USING(rcvid) JOIN user USING(uid)
			WHERE login='dev' AND rcvfrom.ipaddr='10.0.0.1' AND nonce IS NOT NULL`)
		if n != 1 {
			t.Errorf("%d rows of rcvfrom, want one for the push", n)
		}
		return err
	})
}
