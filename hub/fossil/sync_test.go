package fossil_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/xfer"
)

// send sends cards made by fn and returns those of the reply.
func send(t *testing.T, r *fossil.Repo, fn func(w *xfer.Writer)) []xfer.Card {
	t.Helper()
	var w xfer.Writer
	fn(&w)
	return sendRaw(t, r, w.Bytes())
}

func sendRaw(t *testing.T, r *fossil.Repo, cards []byte) []xfer.Card {
	t.Helper()
	reply, err := r.HandleSync(t.Context(), xfer.Encode(cards, xfer.Compressed), fossil.Peer{Addr: "10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return replyCards(t, reply)
}

// cardsOf returns the cards of one type.
func cardsOf[T xfer.Card](cards []xfer.Card) (out []T) {
	for _, c := range cards {
		if x, ok := c.(T); ok {
			out = append(out, x)
		}
	}
	return out
}

// refused returns the text of the error card; it fails the test if anything
// else that matters is in the reply.
func refused(t *testing.T, cards []xfer.Card) string {
	t.Helper()
	errs := cardsOf[xfer.Error](cards)
	if len(errs) == 0 {
		return ""
	}
	if len(cards) != 1 {
		t.Errorf("reply has more than the error: %v", cards)
	}
	return errs[0].Text
}

func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// signed puts a login card before the cards.
func signed(code, login, password string, cards []byte) []byte {
	nonce := sha1Hex(string(cards))
	signature := sha1Hex(nonce + sha1Hex(code+"/"+login+"/"+password))
	return append([]byte(fmt.Sprintf("login %s %s %s\n", login, nonce, signature)), cards...)
}

func TestLogin(t *testing.T) {
	r := newRepo(t)
	ctx := t.Context()
	for _, u := range []fossil.User{{Login: "dev", Caps: "oi"}, {Login: "slot-a", Caps: "oih"}, {Login: "reader2", Caps: "u"}, {Login: "none", Caps: ""}} {
		password := "secret"
		if u.Login == "slot-a" {
			password = ""
		}
		if err := r.CreateUser(ctx, u, password); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.SetCaps(ctx, "nobody", ""); err != nil {
		t.Fatal(err)
	}
	pull := []byte("pull x " + r.ProjectCode() + "\n")
	push := []byte("push x " + r.ProjectCode() + "\n")
	tolerant := signed(r.ProjectCode(), "slot-a", "", append(bytes.Clone(push), "# random comment that is not sent\n"...))
	tolerant = bytes.TrimSuffix(tolerant, []byte("# random comment that is not sent\n"))
	for name, c := range map[string]struct {
		cards []byte
		want  string
	}{
		"anonymous pull":        {pull, "not authorized to read"},
		"anonymous push":        {push, "not authorized to write"},
		"anonymous clone":       {[]byte("clone 3 1\n"), "not authorized to clone"},
		"developer":             {signed(r.ProjectCode(), "dev", "secret", push), ""},
		"wrong password":        {signed(r.ProjectCode(), "dev", "wrong", push), "login failed"},
		"unknown user":          {signed(r.ProjectCode(), "nobody2", "secret", push), "login failed"},
		"nobody":                {signed(r.ProjectCode(), "nobody", "", push), "login failed"},
		"anonymous":             {signed(r.ProjectCode(), "anonymous", "", push), "login failed"},
		"empty stored password": {signed(r.ProjectCode(), "orchestrator", "", push), "login failed"},
		"salt of other project": {signed(strings.Repeat("0", 40), "dev", "secret", push), "login failed"},
		"slot, empty password":  {signed(r.ProjectCode(), "slot-a", "", push), ""},
		"nonce of other bytes":  {tolerant, ""},
		"reader may not write":  {signed(r.ProjectCode(), "reader2", "secret", push), "not authorized to write"},
		"no rights":             {signed(r.ProjectCode(), "none", "secret", pull), "not authorized to read"},
	} {
		cards := sendRaw(t, r, c.cards)
		if strings.Contains(name, "clone") {
			cards = slices.DeleteFunc(cards, func(c xfer.Card) bool { _, ok := c.(xfer.Push); return ok })
		}
		if got := refused(t, cards); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestStrictLoginWantsTheHashOfTheRest(t *testing.T) {
	path := seededFile(t)
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite, fossil.WithStrictLogin(true))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.CreateUser(t.Context(), fossil.User{Login: "dev", Caps: "oi"}, "secret"); err != nil {
		t.Fatal(err)
	}
	push := []byte("push x " + r.ProjectCode() + "\n")
	good := signed(r.ProjectCode(), "dev", "secret", push)
	if got := refused(t, sendRaw(t, r, good)); got != "" {
		t.Errorf("right login: %q", got)
	}
	if got := refused(t, sendRaw(t, r, append(good, "# more\n"...))); got != "login failed" {
		t.Errorf("login of other bytes: %q, want login failed", got)
	}
}

func TestProjectCodeInEitherPlace(t *testing.T) {
	r := newRepo(t)
	for cards, want := range map[string]string{
		"pull x " + r.ProjectCode():                                       "",
		"pull " + r.ProjectCode() + " x":                                  "",
		"push " + r.ProjectCode():                                         "",
		"push " + r.ProjectCode() + " " + r.ProjectCode():                 "",
		"pull x " + strings.Repeat("0", 40):                               "wrong project",
		"push " + strings.Repeat("1", 40) + " " + strings.Repeat("2", 40): "wrong project",
		"push x": "wrong project",
	} {
		if got := refused(t, sendRaw(t, r, []byte(cards+"\n"))); got != want {
			t.Errorf("%s: %q, want %q", cards, got, want)
		}
	}
}

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

// execSQL runs SQL on the file as another program would.
func execSQL(t *testing.T, path, sql string, args ...any) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Write(t.Context(), func(c *sqlite.Conn) error { return c.Exec(sql, args...) }); err != nil {
		t.Fatal(err)
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
	announced = cardsOf[xfer.IGot](send(t, r, pull))
	if len(announced) != 1 {
		t.Fatalf("a pull after 120 more announces %d artifacts, want one cluster", len(announced))
	}
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

func TestUnversionedFiles(t *testing.T) {
	r := newRepo(t)
	if err := r.CreateUser(t.Context(), fossil.User{Login: "dev", Caps: "oiy"}, "secret"); err != nil {
		t.Fatal(err)
	}
	asDev := func(fn func(w *xfer.Writer)) []xfer.Card {
		var w xfer.Writer
		fn(&w)
		return sendRaw(t, r, signed(r.ProjectCode(), "dev", "secret", w.Bytes()))
	}
	catalog := func(hash string) []xfer.Card {
		return send(t, r, func(w *xfer.Writer) { w.Pragma("uv-hash", hash) })
	}
	empty := sha1Hex("")
	if cards := catalog(empty); len(cardsOf[xfer.Pragma](cards)) != 0 {
		t.Errorf("equal catalogues are announced: %v", cards)
	}
	text := []byte(strings.Repeat("compressible ", 100))
	put := func(name string, mtime int64, content []byte) {
		asDev(func(w *xfer.Writer) {
			w.UVFile(xfer.UVFile{Name: name, MTime: mtime, Hash: blob.SHA1(content), Size: int64(len(content)), Content: content})
		})
	}
	put("a b.txt", 1000, text)
	put("a b.txt", 900, []byte("older"))
	put("empty", 1000, []byte{})
	put("gone", 1000, []byte("x"))
	asDev(func(w *xfer.Writer) {
		w.UVFile(xfer.UVFile{Name: "gone", MTime: 1001, Hash: "-", Flags: xfer.UVDeleted})
	})

	cards := catalog(empty)
	if p := cardsOf[xfer.Pragma](cards); len(p) != 1 || p[0].Name != "uv-pull-only" {
		t.Errorf("nobody is told %v, want uv-pull-only", p)
	}
	if n := len(cardsOf[xfer.UVIGot](cards)); n != 3 {
		t.Errorf("%d names, want 3: %v", n, cards)
	}
	cards = asDev(func(w *xfer.Writer) { w.Pragma("uv-hash", empty) })
	if p := cardsOf[xfer.Pragma](cards); len(p) != 1 || p[0].Name != "uv-push-ok" {
		t.Errorf("dev is told %v, want uv-push-ok", p)
	}
	for name, want := range map[string][]byte{"a b.txt": text, "empty": {}, "gone": nil} {
		got := cardsOf[xfer.UVFile](send(t, r, func(w *xfer.Writer) { w.UVGimme(name) }))
		if len(got) != 1 || !bytes.Equal(got[0].Content, want) || (got[0].Flags == xfer.UVDeleted) != (want == nil) {
			t.Errorf("%s: %v, want %q", name, got, want)
		}
	}
	if got := refused(t, send(t, r, func(w *xfer.Writer) {
		w.UVFile(xfer.UVFile{Name: "x", MTime: 1, Hash: blob.SHA1(nil), Content: []byte{}})
	})); got == "" {
		t.Error("nobody may write unversioned files")
	}
}

func TestUnversionedCatalogueHash(t *testing.T) {
	r := newRepo(t)
	execSQL(t, r.Path(), "INSERT INTO unversioned(name,mtime,hash,sz,encoding,content) VALUES('x.txt',1767323045,'f808c00665300b26840adf66292c595e8db511c6',1,0,'x')")
	cards := send(t, r, func(w *xfer.Writer) { w.Pragma("uv-hash", "f5781b2760dcd681513633151d7758753a6dacdd") })
	if len(cards) != 0 {
		t.Errorf("the known vector is taken for another catalogue: %v", cards)
	}
}

func TestCheckInLocks(t *testing.T) {
	r := newRepo(t)
	seed := commit(t, r, fossil.Commit{Files: files("a=1")})
	lock := func(client string) []xfer.Pragma {
		return cardsOf[xfer.Pragma](send(t, r, func(w *xfer.Writer) { w.Pragma("ci-lock", seed.UUID, client) }))
	}
	if p := lock("one"); len(p) != 0 {
		t.Errorf("first lock: %v", p)
	}
	if p := lock("one"); len(p) != 0 {
		t.Errorf("same client again: %v", p)
	}
	if p := lock("two"); len(p) != 1 || p[0].Name != "ci-lock-fail" || p[0].Args[0] != "nobody" {
		t.Errorf("other client: %v, want ci-lock-fail", p)
	}
	send(t, r, func(w *xfer.Writer) { w.Pragma("ci-unlock", "one") })
	if p := lock("two"); len(p) != 0 {
		t.Errorf("after unlock: %v", p)
	}
	commit(t, r, fossil.Commit{Files: files("a=2")})
	if p := lock("three"); len(p) != 0 {
		t.Errorf("a check-in with a child is still locked: %v", p)
	}
}

func TestConfigurationAreas(t *testing.T) {
	r := newRepo(t)
	for _, u := range []fossil.User{{Login: "admin", Caps: "a"}, {Login: "dev", Caps: "oi"}} {
		if err := r.CreateUser(t.Context(), u, "secret"); err != nil {
			t.Fatal(err)
		}
	}
	as := func(login string, fn func(w *xfer.Writer)) []xfer.Card {
		var w xfer.Writer
		fn(&w)
		return sendRaw(t, r, signed(r.ProjectCode(), login, "secret", w.Bytes()))
	}
	ask := func(area string) func(w *xfer.Writer) { return func(w *xfer.Writer) { w.ReqConfig(area) } }
	for _, area := range []string{"/project", "/all"} {
		cards := cardsOf[xfer.Config](as("dev", ask(area)))
		if len(cards) != 1 || !bytes.Contains(cards[0].Content, []byte("'project-name' value 'demo'")) {
			t.Errorf("%s for dev: %q, want the project name only", area, cards)
		}
	}
	if cards := cardsOf[xfer.Config](as("admin", ask("/user"))); len(cards) != 7 {
		t.Errorf("/user for admin: %d rows, want 7", len(cards))
	}
	if cards := cardsOf[xfer.Config](as("dev", ask("/nonsense"))); len(cards) != 0 {
		t.Errorf("unknown area: %q", cards)
	}
	change := func(w *xfer.Writer) {
		w.Config("/config", fmt.Appendf(nil, "%d 'project-description' value 'it''s new'", time.Now().Unix()+10))
		w.Config("/config", fmt.Appendf(nil, "%d 'project-code' value 'evil'", time.Now().Unix()+10))
		w.Config("/shun", fmt.Appendf(nil, "%d '%s' scom 'bad'", time.Now().Unix(), strings.Repeat("a", 40)))
		w.Config("/config", []byte("1 'project-name' value 'older'"))
	}
	if got := refused(t, as("dev", change)); got != "not authorized to push configuration" {
		t.Errorf("config push by dev: %q", got)
	}
	if got := refused(t, as("admin", change)); got != "" {
		t.Errorf("config push by admin: %q", got)
	}
	for key, want := range map[string]string{"project-description": "it's new", "project-code": r.ProjectCode(), "project-name": "demo"} {
		if got, err := r.Config(t.Context(), key); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", key, got, err, want)
		}
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
	db, err := sqlite.Open(t.Context(), r.Path(), sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Read(t.Context(), func(c *sqlite.Conn) error {
		n, err := c.Int64(`SELECT count(DISTINCT rcvid) FROM blob JOIN rcvfrom USING(rcvid) JOIN user USING(uid)
			WHERE login='dev' AND rcvfrom.ipaddr='10.0.0.1' AND nonce IS NOT NULL`)
		if n != 1 {
			t.Errorf("%d rows of rcvfrom, want one for the push", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
