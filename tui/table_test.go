package tui

import (
	"fmt"
	"slices"
	"strings"
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

// situations is every situation that can decide about a key.
func situations(yield func(situation)) {
	flags := []bool{false, true}
	for _, at := range []scope{inNATS, inFossil, inSlots, inLog, inFilter, inHelp, inDetail, inPicker, inFacets} {
		for l := range lifeCount {
			for bits := range 1 << 9 {
				bit := func(i int) bool { return flags[bits>>i&1] }
				s := situation{
					at: at, life: l, owned: bit(0), readOnly: bit(1), zoomed: bit(2), failed: bit(3), filtered: bit(4),
					single: bit(5), paused: bit(6), marking: bit(7), canSave: bit(8), told: bit(8), canRecover: bit(8),
					around: bit(7) && bit(4), folded: bit(8), forgets: bit(8),
				}
				yield(s)
				if at == inDetail { // in which these count
					s.canOpen, s.tabbed = s.zoomed, s.filtered
					s.copies, s.saved, s.savedTree = s.single, s.owned && s.single, s.owned && s.zoomed
					s.findings = s.around
					s.list, s.sortable, s.sorted = s.paused, s.paused && s.failed, s.paused && s.failed && s.marking
					yield(s)
				}
			}
		}
	}
}

func TestKeyTable(t *testing.T) {
	keys := defaultKeyMap()
	t.Run("a shown key does what it says", func(t *testing.T) {
		situations(func(s situation) {
			seen := map[string]action{}
			for _, b := range keys {
				if !b.valid(s) {
					continue
				}
				for _, k := range b.Keys() {
					if _, shadowed := seen[k]; !shadowed {
						seen[k] = b.act
					}
					if got := keys.lookup(KeyPress(k), s); got != seen[k] {
						t.Fatalf("%s gives action %d, want %d in %+v", k, got, seen[k], s)
					}
				}
				if first := b.Keys()[0]; seen[first] != b.act {
					t.Fatalf("%q is listed as %q, but another binding takes it in %+v", first, b.Help().Desc, s)
				}
			}
		})
	})
	t.Run("every command of the panes has a name", func(t *testing.T) {
		for _, b := range keys {
			if b.in&inPanes != 0 && b.act != actBack && commandNames()[b.act] == "" {
				t.Errorf("%q has none", b.Help().Desc)
			}
		}
	})
	t.Run("the footer names at most eight keys", func(t *testing.T) {
		situations(func(s situation) {
			if left, right := keys.footer(s); len(left)+len(right) > 8 {
				t.Fatalf("%d keys in the footer of %+v", len(left)+len(right), s)
			}
		})
	})
	t.Run("read-only changes nothing", func(t *testing.T) {
		situations(func(s situation) {
			for _, b := range keys {
				if s.readOnly && b.valid(s) && (b.act == actStop || b.act == actForce || b.act == actRestart) {
					t.Fatalf("%q is valid in %+v", b.Help().Desc, s)
				}
			}
		})
	})
	t.Run("every place can be left", func(t *testing.T) {
		situations(func(s situation) {
			if keys.lookup(KeyPress("ctrl+c"), s) == actNone {
				t.Fatalf("ctrl+c does nothing in %+v", s)
			}
			if s.at&inPanes == 0 {
				if keys.lookup(KeyPress("esc"), s) == actNone {
					t.Fatalf("esc does nothing in %+v", s)
				}
			}
		})
	})
	t.Run("no key needs the kitty protocol, none that moves destroys", func(t *testing.T) {
		moves := map[string]bool{}
		for _, b := range keys {
			for _, k := range b.Keys() {
				if strings.Contains(k, "ctrl+shift") || strings.Contains(k, "alt+") || k == "ctrl+h" || k == "ctrl+j" || k == "ctrl+k" {
					t.Errorf("%s cannot be typed everywhere", k)
				}
				moves[k] = moves[k] || b.group == groupMove
			}
		}
		for _, b := range keys {
			for _, k := range b.Keys() {
				if b.group == groupHub && moves[k] {
					t.Errorf("%s both moves and changes the hub", k)
				}
			}
		}
	})
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
