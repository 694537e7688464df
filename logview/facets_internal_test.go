package logview

import (
	"os"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

// facetJob takes the next unit of a view's facets.
func facetJob(t *testing.T, v *View) job {
	t.Helper()
	j, ok := v.facets.scan.take(v.log.history())
	if !ok {
		t.Fatal("there is nothing to count")
	}
	return j
}

func TestFacetsOfTwoUnitsThatGrowAtOnceAreKeptApart(t *testing.T) {
	raw := strings.Repeat("x", 100) + "\n"
	l := idle(t, entries(unitSize/2)+raw)
	v := l.View(nil)
	v.Facets()
	e := &evaluator{}
	v.facets.collect(facetJob(t, v), e, v.prepared(e))
	l.write(t, entries(unitSize)+raw)
	first, second := facetJob(t, v), facetJob(t, v)
	v.facets.collect(second, e, v.prepared(e))
	v.facets.collect(first, e, v.prepared(e))
	l.write(t, raw)
	l.drain(t, v)
	if f := v.Facets(); !f.Complete || f.Rows != 3+(unitSize+unitSize/2)>>10 || f.Events[1] != (Facet{"raw", 3}) {
		t.Errorf("%+v", f)
	}
}

func TestFacetsForgetWhatWasTruncated(t *testing.T) {
	l := idle(t, entries(10<<10))
	v := l.View(nil)
	v.Facets()
	l.drain(t, v)
	if err := os.Truncate(l.path, 0); err != nil {
		t.Fatal(err)
	}
	l.write(t, entries(1<<10))
	l.drain(t, v)
	if f := v.Facets(); !f.Complete || f.Rows != 1 {
		t.Errorf("%+v", f)
	}
	if n := len(v.scan.parts); n != 1 {
		t.Errorf("the counts of %d files are kept", n)
	}
}

func TestRecentRowsDoNotChangeWhileTheyAreRead(t *testing.T) {
	r := &recent{now: time.Now}
	for i := range maxRecent {
		r.add(recentRow{pos: row.NewPos(0, int64(i+1)), sec: time.Now().Unix()})
	}
	rows := r.current()
	r.add(recentRow{pos: row.NewPos(0, maxRecent+1), sec: time.Now().Unix()})
	if row.Offset(rows[0].pos) != 1 {
		t.Errorf("the first row is now that at %d", row.Offset(rows[0].pos))
	}
}

func TestHiddenProblemsAreThoseOfTheRunThatIsShown(t *testing.T) {
	text := func(level, msg string) string {
		return `{"ts":"` + time.Now().UTC().Format(time.RFC3339) + `","level":"` + level + `","event":"lifecycle","msg":"` + msg + "\"}\n"
	}
	l := idle(t, text("INFO", "hub: starting (pid=1)")+text("ERROR", "x"))
	v := l.View(mustParse(t, "run:last"))
	if s := l.drain(t, v); s.HiddenProblems != 0 {
		t.Errorf("%d problems are hidden", s.HiddenProblems)
	}
	l.write(t, text("INFO", "hub: starting (pid=2)"))
	if s := l.drain(t, v); s.HiddenProblems != 1 {
		t.Errorf("%d problems of the run before are hidden", s.HiddenProblems)
	}
}

func TestAFileThatIsCutWhileItIsReadHasAnEnd(t *testing.T) {
	for _, filter := range []string{"", "msg:*f*", "-nothing", "level:info ctx:1", "kind:raw"} {
		l := idle(t, entries(unitSize/2))
		v := l.View(mustParse(t, filter))
		if err := os.Truncate(l.path, unitSize/4+5); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Head(t.Context(), 1<<20); err != nil {
			t.Error(err)
		}
		if s := l.drain(t, v); !s.Complete || s.Levels[hublog.LevelError] > 0 {
			t.Errorf("%q: %+v", filter, s)
		}
	}
	if first, last := median(nil); !first.IsZero() || !last.IsZero() {
		t.Error(first, last)
	}
}
