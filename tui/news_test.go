package tui_test

import (
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/tui"
)

// newsScreen has a busy workspace on a screen that is large enough for the news.
func newsScreen(t *testing.T, more ...func(*world)) *tui.Screen {
	t.Helper()
	w := newWorld(t)
	busy(w)
	w.inspect(inspectable())
	for _, f := range more {
		f(w)
	}
	s := w.start(200, 60)
	s.AwaitText("slot auth has not renewed")
	s.AwaitNews()
	return s
}

// to moves down until the cursor is on a row with a text.
func to(t *testing.T, s *tui.Screen, text string) {
	t.Helper()
	for range 40 {
		for _, row := range strings.Split(plain(s.Frame()), "\n") {
			if _, after, ok := strings.Cut(row, "▌"); ok && strings.Contains(after, text) && !strings.HasPrefix(row, "▌") {
				return
			}
		}
		s.Press("j")
	}
	t.Fatalf("the cursor does not come to %q:\n%s", text, plain(s.Frame()))
}

func TestNews(t *testing.T) {
	s := newsScreen(t)
	t.Run("tab goes through all five panes, and back", func(t *testing.T) {
		for _, c := range []struct{ key, focused string }{
			{"1", "━ NATS"},
			{"tab", "━ FOSSIL"},
			{"tab", "━ SLOTS"},
			{"tab", "━ LOG"},
			{"tab", "━ DOCTOR + TIMELINE"},
			{"tab", "━ NATS"},
			{"shift+tab", "━ DOCTOR + TIMELINE"},
			{"4", "━ LOG"},
			{"5", "━ DOCTOR + TIMELINE"},
		} {
			s.Press(c.key)
			s.AwaitText(c.focused)
			if c.focused == "━ LOG" && c.key == "tab" {
				s.AwaitText("─ DOCTOR + TIMELINE")
			}
		}
	})
	for _, c := range []struct{ row, opens, then string }{
		{"slot auth has not", "FINDINGS", "bones swarm close --slot=auth"},
		{"git: 1 tracked", "FINDINGS", "docs/v0.md"},
		{"reap", "ACTIVITY", "ttl-reaped"},
		{"9c4e21aa", "CHECK-IN 9c4e21aa", ""},
		{"t-11b0", "KEY t-11b0", ""},
	} {
		t.Run("enter on "+c.row, func(t *testing.T) {
			s.Press("5", "g")
			to(t, s, c.row)
			s.Press("enter")
			s.AwaitText("━ " + c.opens)
			s.AwaitText(c.then)
			s.Press("esc")
			s.AwaitText("FOLLOW")
		})
	}
	t.Run("y copies what the row is about", func(t *testing.T) {
		to(t, s, "t-11b0")
		s.Press("y")
		s.Await("copy", func() bool { return s.Clipboard == "t-11b0" })
	})
	t.Run("zoomed it shows all, the fix and what is well", func(t *testing.T) {
		s.Press("g", "z")
		s.AwaitNoText("NATS")
		s.AwaitText("bones swarm close --slot=auth --result=fail")
		s.AwaitText("ok: pid lock urls repository disk")
		s.AwaitText("no effect")
		s.Press("esc")
		s.AwaitText("NATS")
	})
	t.Run("a click chooses the row", func(t *testing.T) {
		s.Press("M", "4")
		s.Click(140, rowOf(t, s, "t-11b0"))
		s.Press("y")
		s.AwaitText("━ DOCTOR + TIMELINE")
		s.Press("enter")
		s.AwaitText("KEY t-11b0")
		s.Press("esc")
	})
	t.Run("a smaller screen gives the focus to the slots", func(t *testing.T) {
		s.Resize(179, 60)
		s.AwaitNoText("DOCTOR")
		s.AwaitText("━ SLOTS")
		s.Press("5")
		s.AwaitText("━ SLOTS")
	})
}

func TestNewsKeepTheirPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "screen.json")
	keep := func(w *world) { w.StateFile = path }
	s := newsScreen(t, keep)
	s.Press("5", "z")
	awaitKept(t, s, path, `"focus": "DOCTOR + TIMELINE"`)
	s = newsScreen(t, keep)
	s.AwaitText("━ DOCTOR + TIMELINE")
	s.AwaitNoText("NATS")
}

func TestHostileNews(t *testing.T) {
	for _, text := range hostile() {
		s := newsScreen(t, func(w *world) {
			f := inspectable()
			f.activity = text
			w.inspect(f)
		})
		s.Press("5", "j", "j", "j")
		checkSafe(t, s.Frame())
		checkFrame(t, s.Frame(), 200, 60)
	}
}
