package xfer_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

const (
	uuidA = "a9993e364706816aba3e25717850c26c9cd0d89d"
	uuidB = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
)

func TestCardsReadAsWritten(t *testing.T) {
	t.Parallel()
	framed := blob.Compress(nil, []byte("x"))
	for _, c := range []struct {
		write func(*xfer.Writer)
		text  string // "" when there is payload
		want  xfer.Card
	}{
		{func(w *xfer.Writer) { w.Pull("s", "p") }, "pull s p\n", xfer.Pull{ServerCode: "s", ProjectCode: "p"}},
		{func(w *xfer.Writer) { w.Push("s", "p") }, "push s p\n", xfer.Push{ServerCode: "s", ProjectCode: "p"}},
		{func(w *xfer.Writer) { w.Clone(3, 17) }, "clone 3 17\n", xfer.Clone{Version: 3, SeqNo: 17}},
		{func(w *xfer.Writer) { w.CloneSeqNo(0) }, "clone_seqno 0\n", xfer.CloneSeqNo{}},
		{func(w *xfer.Writer) { w.IGot(uuidA, false) }, "igot " + uuidA + "\n", xfer.IGot{UUID: uuidA}},
		{func(w *xfer.Writer) { w.IGot(uuidB, true) }, "igot " + uuidB + " 1\n", xfer.IGot{UUID: uuidB, Private: true}},
		{func(w *xfer.Writer) { w.Gimme(uuidA) }, "gimme " + uuidA + "\n", xfer.Gimme{UUID: uuidA}},
		{func(w *xfer.Writer) { w.Cookie("c") }, "cookie c\n", xfer.Cookie{Text: "c"}},
		{func(w *xfer.Writer) { w.ReqConfig("/all") }, "reqconfig /all\n", xfer.ReqConfig{Name: "/all"}},
		{func(w *xfer.Writer) { w.UVGimme("na me") }, "uvgimme na\\sme\n", xfer.UVGimme{Name: "na me"}},
		{func(w *xfer.Writer) { w.UVGimme("a\u00a0b") }, "uvgimme a\u00a0b\n", xfer.UVGimme{Name: "a\u00a0b"}},
		{
			func(w *xfer.Writer) { w.UVIGot(xfer.UVIGot{Name: "n", MTime: 5, Hash: "-"}) },
			"uvigot n 5 - 0\n",
			xfer.UVIGot{Name: "n", MTime: 5, Hash: "-"},
		},
		{func(w *xfer.Writer) { w.Pragma("ci-lock", uuidA, "id") }, "pragma ci-lock " + uuidA + " id\n", xfer.Pragma{Name: "ci-lock", Args: []string{uuidA, "id"}}},
		{func(w *xfer.Writer) { w.Message("two words") }, "message two\\swords\n", xfer.Message{Text: "two words"}},
		{func(w *xfer.Writer) { w.Error("login failed") }, "error login\\sfailed\n", xfer.Error{Text: "login failed"}},
		{func(w *xfer.Writer) { w.File(xfer.File{UUID: uuidA, Content: []byte("abc")}) }, "", xfer.File{UUID: uuidA, Content: []byte("abc")}},
		{func(w *xfer.Writer) { w.File(xfer.File{UUID: uuidA, Content: []byte{}}) }, "", xfer.File{UUID: uuidA, Content: []byte{}}},
		{
			func(w *xfer.Writer) {
				w.File(xfer.File{UUID: uuidA, Source: uuidB, Content: []byte("\n\n"), Private: true})
			},
			"",
			xfer.File{UUID: uuidA, Source: uuidB, Content: []byte("\n\n"), Private: true},
		},
		{
			func(w *xfer.Writer) { w.CFile(xfer.CFile{UUID: uuidA, Size: 1, Framed: framed}) },
			"",
			xfer.CFile{UUID: uuidA, Size: 1, Framed: framed},
		},
		{
			func(w *xfer.Writer) {
				w.CFile(xfer.CFile{UUID: uuidA, Source: uuidB, Size: 900, Framed: framed, Private: true})
			},
			"",
			xfer.CFile{UUID: uuidA, Source: uuidB, Size: 900, Framed: framed, Private: true},
		},
		{func(w *xfer.Writer) { w.Config("/user", []byte("1 'x' cap 's'")) }, "", xfer.Config{Name: "/user", Content: []byte("1 'x' cap 's'")}},
		{
			func(w *xfer.Writer) {
				w.UVFile(xfer.UVFile{Name: "n", MTime: 9, Hash: uuidA, Size: 2, Content: []byte("hi")})
			},
			"",
			xfer.UVFile{Name: "n", MTime: 9, Hash: uuidA, Size: 2, Content: []byte("hi")},
		},
		{
			func(w *xfer.Writer) {
				w.UVFile(xfer.UVFile{Name: "n", MTime: 9, Hash: uuidA, Size: 2, Flags: xfer.UVOmitted})
			},
			"uvfile n 9 " + uuidA + " 2 4\n",
			xfer.UVFile{Name: "n", MTime: 9, Hash: uuidA, Size: 2, Flags: xfer.UVOmitted},
		},
		{
			func(w *xfer.Writer) { w.UVFile(xfer.UVFile{Name: "n", MTime: 9, Hash: "-", Flags: xfer.UVDeleted}) },
			"uvfile n 9 - 0 1\n",
			xfer.UVFile{Name: "n", MTime: 9, Hash: "-", Flags: xfer.UVDeleted},
		},
	} {
		var w xfer.Writer
		c.write(&w)
		if c.text != "" && string(w.Bytes()) != c.text {
			t.Errorf("written %q, want %q", w.Bytes(), c.text)
		}
		w.Comment("end") // what follows a card must still be read
		w.Gimme(uuidB)
		cards, err := readAll(w.Bytes())
		if err != nil || len(cards) != 2 || !reflect.DeepEqual(cards[0], c.want) || cards[1] != (xfer.Gimme{UUID: uuidB}) {
			t.Errorf("%q reads as %+v, %v, want %+v", w.Bytes(), cards, err, c.want)
		}
	}
}

func TestCardsOfOtherForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]xfer.Card{
		"clone\n":                          xfer.Clone{},
		"clone 2\n":                        xfer.Clone{Version: 2},
		"push code\n":                      xfer.Push{ProjectCode: "code"},
		"pull\n":                           xfer.Pull{},
		"pragma\n":                         xfer.Pragma{},
		"\n\n# comment\n  gimme  " + uuidA: xfer.Gimme{UUID: uuidA},
		"gimme " + uuidA + "\r\n":          xfer.Gimme{UUID: uuidA},
		"login a\\sb n s\nrest\n":          xfer.Login{User: "a b", Nonce: "n", Signature: "s", Tail: []byte("rest\n")},
		"nonsense 1 2\n":                   xfer.Unknown{Line: "nonsense 1 2"},
	} {
		if got, err := xfer.NewReader([]byte(text)).Next(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q = %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestPayloadNeedsNoNewlineAfterIt(t *testing.T) {
	t.Parallel()
	cards, err := readAll([]byte("file " + uuidA + " 3\nabcfile " + uuidB + " 1\n\n\ngimme " + uuidA + "\n"))
	if err != nil || len(cards) != 3 || string(cards[0].(xfer.File).Content) != "abc" || string(cards[1].(xfer.File).Content) != "\n" {
		t.Errorf("cards = %+v, %v", cards, err)
	}
}

func TestPrivateMarksOnlyTheNextFile(t *testing.T) {
	t.Parallel()
	cards, err := readAll([]byte("private\nfile " + uuidA + " 0\nfile " + uuidB + " 0\n"))
	if err != nil || len(cards) != 2 || !cards[0].(xfer.File).Private || cards[1].(xfer.File).Private {
		t.Errorf("cards = %+v, %v", cards, err)
	}
}

func TestBadCardsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"file\n", "file xyz 3\nabc", "file " + uuidA + "\n", "file " + uuidA + " 4\nabc", "file " + uuidA + " -1\nabc", "file " + uuidA + " +1\nabc",
		"file " + uuidA + " 99999999999999999999\nabc", "file " + uuidA + " 9223372036854775807\nabc", "file " + uuidA + " zz 1\na", "file " + uuidA + " " + uuidB + " 1 1\na",
		"cfile " + uuidA + " 3\nabc", "cfile " + uuidA + " x 3\nabc", "cfile " + uuidA + " 3 4\nabc", "cfile " + uuidA + " " + uuidB + " 3 4\nabc",
		"igot\n", "igot " + strings.ToUpper(uuidA) + "\n", "gimme short\n", "login a b\n", "clone x\n", "clone 3 x\n", "clone_seqno\n", "config x\n", "config x 9\nabc",
		"uvfile n 1 " + uuidA + " 9 0\nabc", "uvfile n 1 zz 3 0\nabc", "uvfile n x - 0 1\n", "uvfile n 1 - 0\n", "uvigot n 1 -\n", "uvgimme\n",
	} {
		var bad *xfer.SyntaxError
		if cards, err := readAll([]byte(text)); !errors.Is(err, xfer.ErrSyntax) || !errors.As(err, &bad) || len(bad.Line) > 100 {
			t.Errorf("%q = %+v, %v, want ErrSyntax", text, cards, err)
		}
	}
}

func TestRealMessagesReadWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, plain := range realMessages(t) {
		cards, err := readAll(plain)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		budget := xfer.NewBudget(1 << 20)
		for _, c := range cards {
			seen[fmt.Sprintf("%T", c)] = true
			switch c := c.(type) {
			case xfer.Unknown:
				t.Errorf("%s: unknown card %q", name, c.Line)
			case xfer.CFile:
				if b, err := c.Plain(budget); err != nil || c.Source == "" && !blob.Verify(c.UUID, b) {
					t.Errorf("%s: cfile %s: %v", name, c.UUID, err)
				}
			case xfer.File:
				if c.Source == "" && !blob.Verify(c.UUID, c.Content) {
					t.Errorf("%s: file %s has another content", name, c.UUID)
				}
			case xfer.Login:
				if c.Nonce != blob.SHA1(c.Tail) {
					t.Errorf("%s: the nonce is not the hash of the tail", name)
				}
			case xfer.Config:
				if row, err := xfer.ParseConfig(c.Content); err != nil || row.Name == "" {
					t.Errorf("%s: config %q: %+v, %v", name, c.Content, row, err)
				}
			}
		}
	}
	for _, want := range []string{"Login", "Pull", "Push", "Clone", "CloneSeqNo", "File", "CFile", "IGot", "Gimme", "ReqConfig", "Config", "UVFile", "UVGimme", "UVIGot", "Pragma", "Error"} {
		if !seen["xfer."+want] {
			t.Errorf("no %s card in the captures", want)
		}
	}
}

// readAll returns the cards of a message, with those before an error.
func readAll(plain []byte) ([]xfer.Card, error) {
	var cards []xfer.Card
	r := xfer.NewReader(plain)
	for {
		c, err := r.Next()
		if errors.Is(err, io.EOF) {
			return cards, nil
		}
		if err != nil {
			return cards, err
		}
		cards = append(cards, c)
	}
}

// realMessages returns the plain cards of messages between two real Fossils.
func realMessages(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("testdata/wire/*")
	if err != nil || len(names) == 0 {
		tb.Fatalf("no captures: %v", err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		_, subtype, _ := strings.Cut(filepath.Base(name), ".")
		e, ok := xfer.EncodingOf("application/" + subtype)
		if !ok {
			tb.Fatalf("%s: unknown type", name)
		}
		plain, err := xfer.Decode(body, e, xfer.NewBudget(1<<20))
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		all[name] = plain
	}
	return all
}

// FuzzReader checks that reading never panics, always ends, never returns
// payload that is not in the message, and fails only in one way.
func FuzzReader(f *testing.F) {
	for _, plain := range realMessages(f) {
		f.Add(plain)
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		cards, err := readAll(plain)
		if err != nil && !errors.Is(err, xfer.ErrSyntax) {
			t.Fatalf("error of another kind: %v", err)
		}
		payload := 0
		for _, c := range cards {
			switch c := c.(type) {
			case xfer.File:
				payload += len(c.Content)
			case xfer.CFile:
				payload += len(c.Framed)
				_, _ = c.Plain(xfer.NewBudget(1 << 16))
			case xfer.UVFile:
				payload += len(c.Content)
			case xfer.Config:
				payload += len(c.Content)
				checkConfig(t, c.Content)
			}
		}
		if payload > len(plain) || len(cards) > len(plain) {
			t.Fatalf("%d cards with %d bytes of payload in %d bytes", len(cards), payload, len(plain))
		}
	})
}

// checkConfig fails if a row that parses does not survive being written again.
func checkConfig(t *testing.T, content []byte) {
	t.Helper()
	row, err := xfer.ParseConfig(content)
	if err != nil {
		return
	}
	for _, p := range row.Pairs {
		if p.Column == "" || strings.ContainsAny(p.Column, " '\n\r\t") {
			return // written bare
		}
	}
	again, err := xfer.ParseConfig(xfer.AppendConfig(nil, row))
	if err != nil || !reflect.DeepEqual(row, again) {
		t.Fatalf("%q: %+v, again %+v, %v", content, row, again, err)
	}
}

// BenchmarkReader measures a request of 10,000 igot cards.
func BenchmarkReader(b *testing.B) {
	plain := bytes.Repeat([]byte("igot "+uuidB+"\n"), 10_000)
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		if cards, err := readAll(plain); err != nil || len(cards) != 10_000 {
			b.Fatal(err)
		}
	}
}
