package keymap

import (
	"strings"
	"testing"

	"bones-tui/tui/internal/keymap/keytest"
)

// situations is every situation that can decide about a key.
func situations(yield func(Situation)) {
	flags := []bool{false, true}
	for _, at := range []Scope{InNATS, InFossil, InSlots, InLog, InFilter, InHelp, InDetail, InPicker, InFacets} {
		for _, hub := range []Situation{{}, {Steady: true}, {Draining: true}, {Down: true}} {
			for bits := range 1 << 9 {
				bit := func(i int) bool { return flags[bits>>i&1] }
				s := Situation{
					At: at, Down: hub.Down, Draining: hub.Draining, Steady: hub.Steady, Owned: bit(0), ReadOnly: bit(1), Zoomed: bit(2), Failed: bit(3), Filtered: bit(4),
					Single: bit(5), Paused: bit(6), Marking: bit(7), CanSave: bit(8), Timeline: bit(8), CanRecover: bit(8),
					Around: bit(7) && bit(4), Folded: bit(8), Forgets: bit(8),
				}
				yield(s)
				if at == InDetail { // in which these count
					s.CanOpen, s.Tabbed = s.Zoomed, s.Filtered
					s.Copies, s.Saved, s.SavedTree = s.Single, s.Owned && s.Single, s.Owned && s.Zoomed
					s.Findings = s.Around
					s.List, s.Sortable, s.Sorted = s.Paused, s.Paused && s.Failed, s.Paused && s.Failed && s.Marking
					yield(s)
				}
			}
		}
	}
}

func TestKeyTable(t *testing.T) {
	keys := Default()
	t.Run("a shown key does what it says", func(t *testing.T) {
		situations(func(s Situation) {
			seen := map[string]Action{}
			for _, b := range keys {
				if !b.valid(s) {
					continue
				}
				for _, k := range b.Keys() {
					if _, shadowed := seen[k]; !shadowed {
						seen[k] = b.act
					}
					if got := keys.Lookup(keytest.Press(k), s); got != seen[k] {
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
			if b.in&inPanes != 0 && b.act != Back && commandNames()[b.act] == "" {
				t.Errorf("%q has none", b.Help().Desc)
			}
		}
	})
	t.Run("the footer names at most eight keys", func(t *testing.T) {
		situations(func(s Situation) {
			if left, right := keys.Footer(s); len(left)+len(right) > 8 {
				t.Fatalf("%d keys in the footer of %+v", len(left)+len(right), s)
			}
		})
	})
	t.Run("read-only changes nothing", func(t *testing.T) {
		situations(func(s Situation) {
			for _, b := range keys {
				if s.ReadOnly && b.valid(s) && (b.act == Stop || b.act == Force || b.act == Restart) {
					t.Fatalf("%q is valid in %+v", b.Help().Desc, s)
				}
			}
		})
	})
	t.Run("every place can be left", func(t *testing.T) {
		situations(func(s Situation) {
			if keys.Lookup(keytest.Press("ctrl+c"), s) == None {
				t.Fatalf("ctrl+c does nothing in %+v", s)
			}
			if s.At&inPanes == 0 {
				if keys.Lookup(keytest.Press("esc"), s) == None {
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
