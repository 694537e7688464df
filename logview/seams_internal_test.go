package logview

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"bones-tui/logview/internal/row"
)

// growthOf is a piece of a log at random: entries short and long, few of which are
// hits, texts, and panics in pieces. Only some logs have lines longer than a unit.
func growthOf(r *rand.Rand, long bool) string {
	var b strings.Builder
	size := r.IntN(unitSize / 4)
	for b.Len() < size {
		level, msg, length := "INFO", "other", r.IntN(400)
		switch r.IntN(60) {
		case 0, 1:
			level, msg = "ERROR", "hit"
		case 8:
			if long {
				length = r.IntN(3 * unitSize)
			}
		case 2, 3:
			b.WriteString("panic: assert\n")
		case 4, 5, 6:
			b.WriteString("exit status 2\n")
		case 7:
			b.WriteString("some text\n")
		}
		fmt.Fprintf(&b, `{"ts":"2026-03-02T08:%02d:%02dZ","level":"%s","event":"rpc","rpc":"tasks.claim","agent":"slot-%d","msg":"%s %s"}`+"\n",
			r.IntN(60), r.IntN(60), level, r.IntN(5), msg, strings.Repeat("x", length))
		if r.IntN(3) == 0 {
			b.WriteString("panic: assert\n")
		}
	}
	return b.String()
}

// around lists the rows of a view and their neighbours, by another way: from all rows.
func around(t *testing.T, l *Log, hits *View, n int) (offs []int64) {
	t.Helper()
	all, err := l.View(nil).Head(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	matching, err := hits.Head(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	isHit := map[Pos]bool{}
	for _, row := range matching.Rows {
		isHit[row.Pos] = true
	}
	for i, shown := range all.Rows {
		near := false
		for j := max(i-n, 0); j <= min(i+n, len(all.Rows)-1); j++ {
			near = near || isHit[all.Rows[j].Pos]
		}
		if near {
			offs = append(offs, row.Offset(shown.Pos))
		}
	}
	return offs
}

// TestWhatIsCountedWhileALogGrowsIsWhatItHolds counts a log in pieces, in any order,
// while it grows by anything, and then once more as a whole.
func TestWhatIsCountedWhileALogGrowsIsWhatItHolds(t *testing.T) {
	filters := map[string]int{"": 0, "exit": 0, "hit": 0, "kind:raw": 0, "hit ctx:1": 1, "hit ctx:3": 3, "exit ctx:2": 2, "level>=error -exit -hit ctx:100": 100}
	seeds := 3
	if testing.Short() {
		seeds = 2
	}
	for filter, n := range filters {
		for seed := range seeds {
			t.Run(fmt.Sprint(filter, " ", seed), func(t *testing.T) {
				t.Parallel()
				countGrowing(t, filter, n, rand.New(rand.NewPCG(uint64(seed), 1)))
			})
		}
	}
}

func countGrowing(t *testing.T, filter string, n int, r *rand.Rand) {
	t.Helper()
	long := r.IntN(4) == 0
	l := idle(t, growthOf(r, long))
	f := mustParse(t, filter)
	v := l.View(f)
	v.Facets()
	e := &evaluator{}
	for range 30 {
		for range r.IntN(12) {
			if run, ok := v.take(l.history()); ok {
				run(e)
			}
		}
		l.write(t, growthOf(r, long))
	}
	got, counts := l.drain(t, v), v.Facets()
	fresh := l.View(f)
	fresh.Facets()
	want, wantCounts := l.drain(t, fresh), fresh.Facets()
	if !got.Complete || !counts.Complete || got.Matches != want.Matches || got.Levels != want.Levels {
		t.Errorf("%+v, a fresh view %+v", got, want)
	}
	if !reflect.DeepEqual(counts, wantCounts) {
		t.Errorf("facets\n%+v, of a fresh view\n%+v", counts, wantCounts)
	}
	if counts.Rows != got.Matches {
		t.Errorf("the facets count %d rows of %d", counts.Rows, got.Matches)
	}
	offs := around(t, l, l.View(f.Without("ctx")), n)
	page, err := v.Head(t.Context(), 1<<20)
	if err != nil || len(page.Rows) != len(offs) || int64(len(offs)) != got.Matches {
		t.Fatalf("%d rows are shown and %d counted of %d, %v", len(page.Rows), got.Matches, len(offs), err)
	}
	for i, shown := range page.Rows {
		if at := row.Offset(shown.Pos); at != offs[i] {
			t.Fatalf("row %d is at %d, not %d", i, at, offs[i])
		}
	}
	if len(offs) == 0 {
		t.Error("nothing matches")
	}
	if most := 2*contextUnits + 2; len(v.facets.kept) > most {
		t.Errorf("the values of %d units are kept", len(v.facets.kept))
	}
}
