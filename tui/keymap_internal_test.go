package tui

import (
	"strings"
	"testing"

	"bones-tui/tui/internal/keymap/keytest"
)

// situations is every situation that can decide about a key.
func situations(yield func(situation)) {
	flags := []bool{false, true}
	for _, at := range []scope{inNATS, inFossil, inSlots, inLog, inFilter, inHelp, inDetail, inPicker, inFacets} {
		for _, hub := range []situation{{}, {steady: true}, {draining: true}, {down: true}} {
			for bits := range 1 << 9 {
				bit := func(i int) bool { return flags[bits>>i&1] }
				s := situation{
					at: at, down: hub.down, draining: hub.draining, steady: hub.steady, owned: bit(0), readOnly: bit(1), zoomed: bit(2), failed: bit(3), filtered: bit(4),
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
					if got := keys.lookup(keytest.Press(k), s); got != seen[k] {
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
			if keys.lookup(keytest.Press("ctrl+c"), s) == actNone {
				t.Fatalf("ctrl+c does nothing in %+v", s)
			}
			if s.at&inPanes == 0 {
				if keys.lookup(keytest.Press("esc"), s) == actNone {
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
