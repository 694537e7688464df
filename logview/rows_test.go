package logview_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

const unitSize = 128 << 10

// filler makes a few entries of exactly n bytes together, n at least 200.
func filler(n int) string {
	const piece = 20 << 10
	empty := len(line("DEBUG", ""))
	var b strings.Builder
	for n-b.Len() > 2*piece {
		b.WriteString(line("DEBUG", strings.Repeat("f", piece-empty)))
	}
	for n-b.Len() > 1000 { // shorter than what is looked back
		b.WriteString(line("DEBUG", strings.Repeat("f", 500)))
	}
	b.WriteString(line("DEBUG", strings.Repeat("f", n-b.Len()-empty)))
	return b.String()
}

// described lists what a view shows, without the filler.
func described(tb testing.TB, v *logview.View) []string {
	tb.Helper()
	p, err := v.Head(tb.Context(), 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	out := []string{}
	for _, r := range p.Rows {
		if r.Level != hublog.LevelDebug {
			out = append(out, fmt.Sprintf("%v %v %q +%d %v", r.Kind, r.Level, r.Text, r.Folded, r.Entry))
		}
	}
	return out
}

func FuzzRows(f *testing.F) {
	f.Add("panic: x\n\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1\n", uint16(10), uint16(20))
	f.Add(pre+"}\ntext\n"+pre+`}{"a":1}`+"\n\tindented\n", uint16(70), uint16(3))
	f.Add("\n\n \x00\x00"+pre+"}\r\n\xff\xfe", uint16(1), uint16(1))
	f.Add(pre+"}x}\ngoroutine 1\n"+pre+"}{}", uint16(58), uint16(60))
	f.Fuzz(func(t *testing.T, text string, shift, split uint16) {
		if len(text) <= 2000 {
			placed(t, text, shift, split)
		}
	})
}

func TestRowsDoNotDependOnTheirPlace(t *testing.T) {
	pieces := []string{
		pre + "}\n", pre + `,"msg":"{main}"}` + "\n", pre + "}{}\n", pre + "}\r\n", "text\n", "\n", "  indented\n", trace, "panic: x\n",
		"goroutine 5 [running]:\n", "main.f(0x1)\n", "\t/src/a.go:12 +0x1\n", "exit status 2\n", "\x00\x00" + pre + "}\n", "rax    0x0\n",
		`{"event":"rpc","level":"ERROR","ts":"2026-03-02T10:00:00Z","msg":"odd"}` + "\n", "\xff\xfe\n", "fatal error: y\n",
	}
	rounds := uint64(30)
	if testing.Short() {
		rounds = 5
	}
	if long() {
		rounds = 3000
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(seed, 1))
		text := ""
		for range r.IntN(20) {
			text += pieces[r.IntN(len(pieces))]
		}
		if placed(t, text, uint16(r.Uint32()), uint16(r.Uint32())); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// long reports whether the tests may take their time.
func long() bool { return os.Getenv("LOGVIEW_LONG") != "" }

// placed checks that the rows of a text do not depend on where in the file it
// stands or in which pieces it was written, and that counting, showing and
// judging them agree.
func placed(t *testing.T, text string, shift, split uint16) {
	t.Helper()
	filters := []string{"", "level>=warn", "main", "-kind:raw", "kind:raw /o/", "event:rpc", "level:info ctx:1", "has:msg", "since:2026-03-02T09:00:00Z"}
	body := text + "\n" + line("INFO", "the end")
	across := filler(unitSize-int(shift)%(len(body)+2)) + body
	cut := len(across) - int(split)%(len(body)+1)
	logs := []*logview.Log{
		contentLog(t, filler(unitSize*3/2)+body, logview.Options{Still: true}),
		contentLog(t, across+filler(unitSize*3), logview.Options{Still: true, MaxIndex: 1}),
		contentLog(t, "", logview.Options{Poll: time.Millisecond}),
	}
	views := map[string][]*logview.View{}
	for _, l := range logs {
		for _, filter := range filters {
			views[filter] = append(views[filter], l.View(parse(t, filter)))
		}
	}
	appendTo(t, logs[2].Path(), across[:cut])
	appendTo(t, logs[2].Path(), across[cut:])
	settled(t, views[""][2], func(logview.Snapshot) bool {
		return slices.Equal(described(t, views[""][2]), described(t, views[""][0]))
	})
	for filter, vs := range views {
		want := described(t, vs[0])
		for i, v := range vs {
			equal(t, described(t, v), want...)
			s, err := v.Settle(t.Context())
			p, err2 := v.Head(t.Context(), 1<<20)
			if err != nil || err2 != nil || s.Matches != int64(len(p.Rows)) {
				t.Errorf("%d counted, %d shown, %v %v", s.Matches, len(p.Rows), err, err2)
			}
			if t.Failed() {
				t.Fatalf("filter %q, view %d; text %q, shift %d, split %d", filter, i, text, shift, split)
			}
		}
	}
	judged(t, views[""][0], views["level>=warn"][0], filters[1])
	for _, l := range logs {
		l.Close()
	}
}

func contentLog(t *testing.T, content string, o logview.Options) *logview.Log {
	t.Helper()
	d := newDir(t)
	d.write("", content)
	return d.open(o)
}

// judged checks that Filter.Match agrees with what a view has let through.
func judged(t *testing.T, every, some *logview.View, filter string) {
	t.Helper()
	p, err := every.Head(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range p.Rows {
		if parse(t, filter).Match(r, now) {
			n++
		}
	}
	if q, err := some.Head(t.Context(), 1<<20); err != nil || len(q.Rows) != n {
		t.Errorf("%q lets %d rows through by itself and %d in a view", filter, n, len(q.Rows))
	}
}

// FuzzClassifier checks the class of a line against a full decoding.
func FuzzClassifier(f *testing.F) {
	for _, s := range []string{pre + "}", pre + `,"msg":"x"}`, `{"level":"INFO"}`, pre + `}{}`, "x", " " + pre + "}", pre + `,"msg":"}"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\n\x00") || strings.HasPrefix(text, "\ufeff") || len(text) > 4000 || !utf8.ValidString(text) {
			return
		}
		d := newDir(t)
		d.write("", text+"\n")
		l, err := logview.Open(d.path, logview.Options{Still: true})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		p, err := l.View(nil).Head(t.Context(), 5)
		if err != nil || len(p.Rows) != 1 {
			t.Fatal(p, err)
		}
		r := p.Rows[0]
		want, err := hublog.Decode([]byte(strings.TrimSuffix(text, "\r")))
		switch {
		case errors.Is(err, hublog.ErrNotEntry):
			// A line that begins and ends as an entry may be damaged between.
			if r.Kind == logview.KindEntry && !strings.HasPrefix(text, `{"ts":"2`) {
				t.Fatalf("%q is no entry", text)
			}
		case r.Kind != logview.KindEntry:
			t.Fatalf("%q is an entry", text)
		case r.Entry.Msg != want.Msg || r.Entry.Agent != want.Agent:
			t.Fatalf("%q: %+v, want %+v", text, r.Entry, want)
		case strings.Count(text, "level")+strings.Count(text, "event")+strings.Count(text, `"ts"`) == 3 &&
			(r.Entry.Level != want.Level || r.Level != want.Level || r.Entry.Event != want.Event || !r.Time.Equal(want.Ts.Time)):
			t.Fatalf("%q: %v, want %v", text, r.Entry, want)
		}
	})
}
