package logview_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/internal/loggen"
	"bones-tui/logview/internal/logtest"
)

func stamped(ts, level, msg string) string {
	return fmt.Sprintf(`{"ts":%q,"level":%q,"event":"lifecycle","msg":%q}`+"\n", ts, level, msg)
}

func TestFindGoesOnAtTheOtherEnd(t *testing.T) {
	d := newDir(t)
	d.write(".1", line("INFO", "hub: starting (1)")+line("ERROR", "a")+line("INFO", "b one"))
	d.write("", line("INFO", "c")+line("ERROR", "d one")+line("DEBUG", "e one"))
	l := d.open(logview.Options{})
	v := view(t, l, "level>=info")
	page, err := v.Head(t.Context(), 10)
	if err != nil || len(page.Rows) != 5 {
		t.Fatal(texts(page), err)
	}
	rows := page.Rows
	tests := []struct {
		from    logview.Pos
		what    string
		dir     logview.Direction
		want    string
		wrapped bool
	}{
		{rows[0].Pos, "level>=error", logview.Forward, "a", false},
		{rows[1].Pos, "level>=error", logview.Forward, "d one", false},
		{rows[4].Pos, "level>=error", logview.Forward, "a", true},
		{rows[1].Pos, "level>=error", logview.Backward, "d one", true},
		{logview.Pos{}, "one", logview.Backward, "d one", false},
		{logview.Pos{}, "one", logview.Forward, "b one", false},
		{rows[4].Pos, runStarts, logview.Backward, "hub: starting (1)", false},
	}
	for _, tt := range tests {
		r, wrapped, err := v.Find(t.Context(), tt.from, parse(t, tt.what), tt.dir)
		if err != nil || r.Entry.Msg != tt.want || wrapped != tt.wrapped {
			t.Errorf("%q: %q, wrapped %v, %v; want %q, %v", tt.what, r.Entry.Msg, wrapped, err, tt.want, tt.wrapped)
		}
	}
	if _, _, err := v.Find(t.Context(), rows[0].Pos, parse(t, "nowhere"), logview.Forward); !errors.Is(err, logview.ErrNotFound) {
		t.Errorf("what is not there is found: %v", err)
	}
}

func TestAtIgnoresClocksThatAreOff(t *testing.T) {
	d := newDir(t)
	var b strings.Builder
	start := logtest.At("2026-03-02T00:00:00Z")
	for i := range 6000 {
		when := start.Add(time.Duration(i) * time.Second)
		switch i {
		case 100, 3000:
			b.WriteString(stamped("2099-01-01T00:00:00Z", "INFO", "future"))
		case 200, 5000:
			b.WriteString(stamped("1999-01-01T00:00:00Z", "INFO", "past"))
		}
		if i%500 == 7 {
			when = when.Add(-2 * time.Second)
		}
		b.WriteString(stamped(when.Format(time.RFC3339), "INFO", fmt.Sprint("n", i)))
	}
	d.write(".1", b.String()[:strings.Index(b.String(), `"n2500"`)]+"\"n2500\"}\n")
	d.write("", b.String()[strings.Index(b.String(), `{"ts":"2026-03-02T00:41:41Z"`):])
	for _, o := range []logview.Options{{}, {NoIndex: true}} {
		l := d.open(o)
		v := view(t, l, "")
		for _, i := range []int{0, 1, 99, 100, 101, 2499, 2501, 2999, 3001, 4998, 5999} {
			p, err := v.At(t.Context(), start.Add(time.Duration(i)*time.Second), 1)
			if err != nil || len(p.Rows) != 1 || p.Rows[0].Entry.Msg != fmt.Sprint("n", i) {
				t.Errorf("second %d: %q, %v", i, texts(p), err)
			}
		}
		if _, err := v.At(t.Context(), start.Add(6001*time.Second), 1); !errors.Is(err, logview.ErrNotFound) {
			t.Errorf("after the end: %v", err)
		}
		p, err := view(t, l, "-n1").At(t.Context(), start.Add(1000*time.Second), 1)
		if err != nil || p.Rows[0].Entry.Msg != "n2000" {
			t.Errorf("filtered: %q, %v", texts(p), err)
		}
	}
}

func facets(tb testing.TB, v *logview.View, rows int64) logview.Facets {
	tb.Helper()
	var f logview.Facets
	settled(tb, v, func(logview.Snapshot) bool {
		f = v.Facets()
		return f.Complete && f.Rows == rows
	})
	return f
}

func TestFacetsKeepUp(t *testing.T) {
	d := newDir(t)
	m, err := loggen.File(d.path, 3, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	l := d.open(logview.Options{})
	v := view(t, l, "")
	f := facets(t, v, m.Rows)
	want := m.Levels
	want[3] += m.Panics
	if f.Levels != want {
		t.Errorf("levels %v, want %v", f.Levels, want)
	}
	for _, e := range f.Events {
		if n := m.Events[e.Value]; n != e.Rows && e.Value != "raw" {
			t.Errorf("event %s: %d, want %d", e.Value, e.Rows, n)
		}
	}
	var inTime int64
	for i, b := range f.Times {
		inTime += b.Levels[0] + b.Levels[1] + b.Levels[2] + b.Levels[3]
		if i > 0 && !f.Times[i-1].Start.Before(b.Start) {
			t.Errorf("bucket %d does not come after the one before", i)
		}
	}
	if inTime != m.Rows {
		t.Errorf("the histogram holds %d rows of %d", inTime, m.Rows)
	}
	if f.Slots[0].Value == "" || f.RPCs[0].Value != "tasks.update" || f.Agents[0].Value != "system" {
		t.Errorf("slots %v, rpcs %v, agents %v", f.Slots[:1], f.RPCs[:1], f.Agents[:1])
	}
	for i := range 5 {
		d.add("panic: x\n")
		facets(t, v, m.Rows+int64(2*i)+1)
		d.add("\ngoroutine 1 [running]:\n" + line("WARN", "more"))
		f = facets(t, v, m.Rows+int64(2*i)+2)
	}
	if f.Levels[2] != want[2]+5 || f.Levels[3] != want[3]+5 {
		t.Errorf("levels %v after 5 warnings and 5 panics on %v", f.Levels, want)
	}
}

func TestValuesAreTheLatestFirst(t *testing.T) {
	d := newDir(t)
	for _, agent := range []string{"slot-old", "system", "slot-new"} {
		e := logtest.Claim()
		e.Agent = agent
		d.add(string(e.Append(nil)))
	}
	got := d.open(logview.Options{}).Values()
	equal(t, got["agent"], "slot-new", "system", "slot-old")
	equal(t, got["slot"], "new", "old")
	equal(t, got["event"], "rpc")
	equal(t, got["err"])
}

// TestACancelledSearchLeavesTheCountsRight gives up searches at any moment,
// inside a unit too, beside the workers that count the same units.
func TestACancelledSearchLeavesTheCountsRight(t *testing.T) {
	d := newDir(t)
	var b strings.Builder
	for i := range 8000 {
		b.WriteString(line("INFO", fmt.Sprintf("%d of %s", i*7919, strings.Repeat("abc ", i%40))))
	}
	d.write("", b.String())
	l := d.open(logview.Options{})
	filter := parse(t, `/[0-9]{5,} of.*(x|y|c) a[a-f]{2} /`)
	want := int64(-1)
	for range 20 {
		v := view(t, l, filter.String())
		for range 20 {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			_, err := v.Head(ctx, 1<<20)
			if cancel(); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		s, err := v.Settle(t.Context())
		p, err2 := v.Head(t.Context(), 1<<20)
		if err != nil || err2 != nil || s.Matches != int64(len(p.Rows)) || want >= 0 && s.Matches != want {
			t.Fatalf("%d counted, %d shown, %d before; %v, %v", s.Matches, len(p.Rows), want, err, err2)
		}
		want = s.Matches
		v.Close()
	}
	if want == 0 {
		t.Error("nothing matches")
	}
}

// runStarts matches the first line of each run of the hub.
const runStarts = `event:lifecycle msg:"hub: starting*"`

func TestFindAtTheBorders(t *testing.T) {
	d := newDir(t)
	d.write("", "")
	l := d.open(logview.Options{})
	for _, dir := range []logview.Direction{logview.Forward, logview.Backward} {
		if _, wrapped, err := view(t, l, "").Find(t.Context(), logview.Pos{}, parse(t, "a"), dir); !errors.Is(err, logview.ErrNotFound) || wrapped {
			t.Errorf("in nothing: wrapped %v, %v", wrapped, err)
		}
	}
	d = newDir(t)
	d.write("", trace)
	l = d.open(logview.Options{})
	v := view(t, l, "")
	settled(t, v, func(s logview.Snapshot) bool { return s.Matches == 1 })
	for _, dir := range []logview.Direction{logview.Forward, logview.Backward} {
		r, wrapped, err := v.Find(t.Context(), logview.Pos{}, parse(t, "main.work"), dir)
		if err != nil || wrapped || r.Folded == 0 || !strings.HasPrefix(r.Text, "panic") {
			t.Errorf("in a fold: %q, wrapped %v, %v", r.Text, wrapped, err)
		}
		if r, wrapped, err = v.Find(t.Context(), r.Pos, parse(t, "level>=error"), dir); err != nil || !wrapped || r.Folded == 0 {
			t.Errorf("from the only row: %q, wrapped %v, %v", r.Text, wrapped, err)
		}
		if _, _, err = v.Find(t.Context(), r.Pos, parse(t, runStarts), dir); !errors.Is(err, logview.ErrNotFound) {
			t.Errorf("a run that never began: %v", err)
		}
	}
	if _, err := v.At(t.Context(), now, 1); !errors.Is(err, logview.ErrNotFound) {
		t.Errorf("a time where there are none: %v", err)
	}
}
