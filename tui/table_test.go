package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

func TestMode(t *testing.T) {
	opened := map[event]mode{
		eventFilter: modeFilter, eventHelp: modeHelp, eventDetail: modeDetail, eventPicker: modePicker,
		eventFacets: modeFacets, eventDialog: modeDialog, eventClose: modeNormal,
	}
	want := func(m mode, e event) mode {
		if m == modeDetail && (e == eventFilter || e == eventHelp || e == eventPicker) {
			return opened[e]
		}
		if m == modeNormal || e == eventDialog || e == eventClose {
			return opened[e]
		}
		return m // what is open has to be left first
	}
	for m := range modeCount {
		for e := range eventCount {
			if got := next(m, e); got != want(m, e) {
				t.Errorf("mode %d after event %d is %d, want %d", m, e, got, want(m, e))
			}
		}
	}
}

func TestArrange(t *testing.T) {
	for w := range 310 {
		for h := range 110 {
			for _, rows := range []int{0, 1, 5, 1000} {
				for id := range paneCount {
					for _, zoomed := range []bool{false, true} {
						if err := checkLayout(arrange(w, h, rows, id, zoomed)); err != nil {
							t.Fatalf("%dx%d, %d slots, focus %s, zoomed %t: %v", w, h, rows, id, zoomed, err)
						}
					}
				}
			}
		}
	}
}

func checkLayout(l layout) error {
	if l.shape == shapeTiny {
		return nil
	}
	rows := 3
	for id, a := range l.panes {
		if a.h < 0 || a.w < 0 || a.w > l.w {
			return fmt.Errorf("%s is %dx%d", paneID(id), a.w, a.h)
		}
		rows += a.h
	}
	switch {
	case l.shape == shapeWide && l.panes[paneNATS].h > 0 && l.panes[paneFossil].h > 0: // beside each other
		width := -1
		for _, id := range l.upper() {
			rows -= l.panes[id].h
			width += l.panes[id].w + 1
		}
		if rows += l.panes[paneNATS].h; width != l.w {
			return fmt.Errorf("%d columns in total", width)
		}
	case l.shape == shapeSingle:
		rows++ // tabs
	}
	if rows != l.h {
		return fmt.Errorf("%d rows in total", rows)
	}
	if l.panes[l.focus].h < 1 {
		return fmt.Errorf("the focused pane is not shown")
	}
	return nil
}

func TestWordsOfTheHeader(t *testing.T) {
	for got, want := range map[string]string{
		port("http://127.0.0.1:41001/"): ":41001", port("nonsense"): "", shortRoot("/home/me/x", "/home/me"): "~/x",
		shortRoot("/home/mexico", "/home/me"): "/home/mexico",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

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
	th := cells.NewTheme(true, false, DefaultSettings().Theme.colors())
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
