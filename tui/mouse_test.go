package tui_test

import (
	"strings"
	"testing"

	"bones-tui/tui"
)

func TestMouse(t *testing.T) {
	w, s := rushed(t, 120, 40)
	w.slots <- team()
	s.AwaitText("1 stale")
	if s.View().MouseMode != 0 {
		t.Error("the mouse is on from the start")
	}
	s.Wheel(10, 30, -1)
	s.AwaitText("FOLLOW")
	s.Press("M")
	if s.View().MouseMode == 0 {
		t.Error("M does not turn the mouse on")
	}
	t.Run("the wheel scrolls what is under it", func(t *testing.T) {
		s.Wheel(10, 30, -1)
		s.AwaitText("PAUSED")
		s.AwaitNoText("panic: boom")
		s.Wheel(10, 30, 1)
		s.AwaitText("panic: boom")
		s.Wheel(10, 30, 1)
		s.AwaitText("FOLLOW")
	})
	t.Run("a click gives the focus and chooses the row", func(t *testing.T) {
		at := rowOf(t, s, "slot-billing")
		s.Click(10, at)
		s.Press("y")
		s.Await("copy", func() bool { return s.Clipboard == "billing" })
		s.Click(10, rowOf(t, s, "cas conflict"))
		s.Press("y")
		s.Await("copy", func() bool { return s.Clipboard == "cas conflict: rev 41, want 40" })
	})
	t.Run("no dialog hears it", func(t *testing.T) {
		s.Press("S")
		s.AwaitDialog()
		for y := range 40 {
			s.Click(40, y)
			s.Click(60, y)
		}
		if !s.DialogOpen() {
			t.Error("a click has answered the dialog")
		}
		s.Press("esc")
	})
}

func rowOf(t *testing.T, s *tui.Screen, text string) int {
	t.Helper()
	for y, row := range strings.Split(plain(s.Frame()), "\n") {
		if strings.Contains(row, text) {
			return y
		}
	}
	t.Fatalf("no %q on the screen:\n%s", text, plain(s.Frame()))
	return 0
}
