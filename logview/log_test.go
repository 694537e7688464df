package logview_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bones-tui/logview"
	"bones-tui/logview/internal/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dir is a log directory under test.
type dir struct {
	tb   testing.TB
	path string
}

func newDir(tb testing.TB) dir {
	tb.Helper()
	return dir{tb, filepath.Join(tb.TempDir(), "hub.log")}
}

func (d dir) write(suffix, text string) {
	d.tb.Helper()
	if err := os.WriteFile(d.path+suffix, []byte(text), 0o600); err != nil {
		d.tb.Fatal(err)
	}
}

func (d dir) add(text string) {
	d.tb.Helper()
	f, err := os.OpenFile(d.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		d.tb.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		d.tb.Fatal(err)
	}
}

// rotate shifts the backups as the hub does and leaves no hub.log.
func (d dir) rotate(keep int) {
	d.tb.Helper()
	_ = os.Remove(fmt.Sprintf("%s.%d", d.path, keep))
	for i := keep - 1; i >= 1; i-- {
		_ = os.Rename(fmt.Sprintf("%s.%d", d.path, i), fmt.Sprintf("%s.%d", d.path, i+1))
	}
	if err := os.Rename(d.path, d.path+".1"); err != nil {
		d.tb.Fatal(err)
	}
}

func (d dir) open(o logview.Options) *logview.Log {
	d.tb.Helper()
	l, err := logview.Open(d.path, o)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.tb.Cleanup(func() { l.Close() })
	return l
}

func view(tb testing.TB, l *logview.Log, filter string) *logview.View {
	tb.Helper()
	v := l.View(parse(tb, filter))
	tb.Cleanup(func() { v.Close() })
	return v
}

// settled waits until the view has counted everything and want is true of it.
func settled(tb testing.TB, v *logview.View, want func(logview.Snapshot) bool) logview.Snapshot {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	if s, err := v.Settle(ctx); err == nil && want(s) {
		return s
	}
	seen := uint64(0)
	for {
		s, err := v.Await(ctx, seen)
		if err != nil {
			tb.Fatalf("%v; the view is at %+v", err, v.Snapshot())
		}
		if s.Complete && want(s) {
			return s
		}
		seen = s.Version
	}
}

func matches(n int64) func(logview.Snapshot) bool {
	return func(s logview.Snapshot) bool { return s.Matches == n }
}

func texts(p logview.Page) []string {
	out := []string{}
	for _, r := range p.Rows {
		text := r.Text
		if r.Kind == logview.KindEntry {
			text = r.Entry.Msg
		}
		if r.Folded > 0 {
			text += fmt.Sprintf(" +%d", r.Folded)
		}
		if r.Kind == logview.KindPartial || r.Kind == logview.KindGap {
			text = r.Kind.String() + ": " + text
		}
		out = append(out, text)
	}
	return out
}

func all(tb testing.TB, v *logview.View) []string {
	tb.Helper()
	p, err := v.Head(tb.Context(), 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	back, err := v.Tail(tb.Context(), 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	forth, bwd := texts(p), texts(back)
	if strings.Join(forth, "\n") != strings.Join(bwd, "\n") {
		tb.Errorf("forwards %q, backwards %q", forth, bwd)
	}
	return forth
}

// line is one entry of the log.
func line(level, msg string) string {
	text, err := json.Marshal(msg)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"ts":"2026-03-02T08:00:00Z","level":%q,"event":"lifecycle","msg":%s}`+"\n", level, text)
}

func equal(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		tb.Errorf("got  %q\nwant %q", got, want)
	}
}

const trace = "panic: assert: boom\n\ngoroutine 7 [running]:\nmain.work(0xc000012345)\n\t/src/demo/work.go:41 +0x1d\nexit status 2\n"

func TestBackupsAndTheFileAreOneHistory(t *testing.T) {
	d := newDir(t)
	d.write(".10", line("INFO", "a"))
	d.write(".2", line("WARN", "b"))
	d.write(".1", line("INFO", "c"))
	d.write(".01", line("INFO", "not a backup"))
	d.write("", line("ERROR", "d")+"free text\n"+trace+line("DEBUG", "e"))
	l := d.open(logview.Options{})
	v := view(t, l, "")
	equal(t, all(t, v), "a", "b", "c", "d", "free text", "panic: assert: boom +5", "e")
	s := settled(t, v, matches(7))
	if s.Total != 7 || s.Levels != [4]int64{1, 3, 1, 2} || s.Problem != "" {
		t.Errorf("snapshot %+v", s)
	}
	warn := view(t, l, "level>=warn")
	equal(t, all(t, warn), "b", "d", "panic: assert: boom +5")
	if s := settled(t, warn, matches(3)); s.Total != 7 || s.Levels != [4]int64{0, 0, 1, 2} {
		t.Errorf("snapshot %+v", s)
	}
	equal(t, all(t, view(t, l, "main.work")), "panic: assert: boom +5")
}

func TestPagesJoin(t *testing.T) {
	d := newDir(t)
	var old, young strings.Builder
	for i := range 2000 {
		old.WriteString(line("INFO", fmt.Sprint("old ", i)))
		young.WriteString(line([]string{"INFO", "WARN"}[i%2], fmt.Sprint("young ", i)))
	}
	d.write(".1", old.String())
	d.write("", young.String())
	l := d.open(logview.Options{})
	for _, filter := range []string{"", "level>=warn", "7", "/[37]$|7/", "-7", "level:warn 7 ctx:2"} {
		v := view(t, l, filter)
		want := all(t, v)
		var forward, backward []string
		p, err := v.Head(t.Context(), 97)
		for ; err == nil && len(p.Rows) > 0; p, err = v.After(t.Context(), p.Rows[len(p.Rows)-1].Pos, 97) {
			forward = append(forward, texts(p)...)
		}
		equal(t, forward, want...)
		p, err = v.Tail(t.Context(), 97)
		for ; err == nil && len(p.Rows) > 0; p, err = v.Before(t.Context(), p.Rows[0].Pos, 97) {
			backward = append(texts(p), backward...)
		}
		equal(t, backward, want...)
		settled(t, v, matches(int64(len(want))))
	}
}

func TestRunsAreFollowed(t *testing.T) {
	d := newDir(t)
	d.write(".1", line("INFO", "hub: starting (pid=1)")+line("INFO", "one"))
	d.write("", line("INFO", "two")+line("INFO", "hub: starting (pid=2)")+line("INFO", "three"))
	l := d.open(logview.Options{})
	v, prev := view(t, l, "run:last"), view(t, l, "run:prev -starting")
	equal(t, all(t, v), "hub: starting (pid=2)", "three")
	equal(t, all(t, prev), "one", "two")
	settled(t, prev, matches(2))
	settled(t, v, matches(2))
	d.add(line("INFO", "four") + line("INFO", "hub: starting (pid=3)"))
	settled(t, v, matches(1))
	equal(t, all(t, v), "hub: starting (pid=3)")
	settled(t, prev, func(s logview.Snapshot) bool { return s.Matches == 2 })
	equal(t, all(t, prev), "three", "four")
}

func TestHiddenProblems(t *testing.T) {
	d := newDir(t)
	clock := logtest.At("2026-03-02T08:03:00Z")
	d.write("", line("ERROR", "old enough to show")+trace+line("INFO", "x"))
	l := d.open(logview.Options{Now: func() time.Time { return clock }, Still: true})
	hides := view(t, l, "x")
	settled(t, hides, func(s logview.Snapshot) bool { return s.HiddenProblems == 2 })
	shows := view(t, l, "level>=warn")
	settled(t, shows, func(s logview.Snapshot) bool { return s.HiddenProblems == 0 })
}

func TestDetail(t *testing.T) {
	d := newDir(t)
	d.write("", line("INFO", "a")+trace)
	l := d.open(logview.Options{})
	p, err := view(t, l, "kind:raw").Tail(t.Context(), 1)
	if err != nil || len(p.Rows) != 1 {
		t.Fatal(p, err)
	}
	got, err := l.Detail(t.Context(), p.Rows[0].Pos)
	if err != nil || string(got)+"\n" != trace {
		t.Errorf("%q, %v", got, err)
	}
	if r := p.Rows[0]; r.Folded != 5 || !r.Time.Equal(logtest.At("2026-03-02T08:00:00Z")) || r.File != "hub.log" {
		t.Errorf("row %+v", r)
	}
	if _, err := l.Detail(t.Context(), logview.Pos{}); err == nil {
		t.Error("no place has details")
	}
}

var now = logtest.At("2026-03-02T15:00:00Z")

func parse(tb testing.TB, s string) *logview.Filter {
	tb.Helper()
	f, err := logview.ParseFilter(s)
	if err != nil {
		tb.Fatalf("parse %q: %v", s, err)
	}
	return f
}
