package logpane

import (
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

func TestNearTimes(t *testing.T) {
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	bucket := func(at time.Time, rows int64) logview.Bucket {
		return logview.Bucket{Start: at, Levels: [4]int64{rows}}
	}
	near := []logview.Bucket{bucket(day, 500), bucket(day.Add(time.Hour), 500)}
	past, future := bucket(day.AddDate(-27, 0, 0), 2), bucket(day.AddDate(73, 0, 0), 3)
	for name, c := range map[string]struct{ in, want []logview.Bucket }{
		"none":                            {nil, nil},
		"nothing far":                     {near, near},
		"a stamp of 1999":                 {append([]logview.Bucket{past}, near...), near},
		"a stamp of 2099":                 {append(near[:2:2], future), near},
		"both":                            {append(append([]logview.Bucket{past}, near...), future), near},
		"a quiet week stays":              {append(near[:2:2], bucket(day.AddDate(0, 0, 7), 500)), append(near[:2:2], bucket(day.AddDate(0, 0, 7), 500))},
		"an hour without lines is no gap": {near, near},
	} {
		if got := nearTimes(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHistogramFits(t *testing.T) {
	th := cells.NewTheme(true, false, cells.Colors{OK: "2", Warn: "3", Bad: "1", Busy: "4"})
	at := time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
	for _, n := range []int{1, 2, 7, 100, 2048} {
		f := logview.Facets{Step: time.Second}
		for i := range n {
			f.Times = append(f.Times, logview.Bucket{Start: at.Add(time.Duration(i*i) * time.Second), Levels: [4]int64{int64(i), 1, 0, int64(i % 2)}})
		}
		for w := range 220 {
			for i, row := range histogram(th, f, w, time.UTC) {
				if got := ansi.StringWidth(row); got > w {
					t.Fatalf("line %d of %d buckets has %d cells in a width of %d: %q", i, n, got, w, row)
				}
			}
			if w < 40 {
				continue
			}
			bars, _ := bin(f.Times, f.Step, w)
			var all int64
			for i := range bars {
				all += bars[i].rows()
			}
			if want := int64(n) + int64(n*(n-1)/2) + int64(n/2); all != want || bars[len(bars)-1].at >= int64(w) {
				t.Fatalf("%d bars hold %d lines of %d, the last one is number %d of %d", len(bars), all, want, bars[len(bars)-1].at, w)
			}
		}
	}
}
