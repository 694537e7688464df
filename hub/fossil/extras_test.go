package fossil_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

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
