package tui_test

import (
	"strings"
	"testing"

	"bones-tui/hub/hublog"
)

// long is a line of the log that takes several lines of the screen.
func long(n int, last string) hublog.Entry {
	e := entry(0, hublog.LevelInfo, hublog.EventLifecycle)
	e.Msg = strings.Repeat("all work and no play ", n) + last
	return e
}

func TestWrap(t *testing.T) {
	w := newWorld(t)
	w.log(numbered(0, 50)...)
	w.log(long(20, "the end"))
	s := w.start(80, 24)
	s.AwaitText("all work")
	s.AwaitText("51 lines ")
	s.AwaitNoText("the end")
	t.Run("w shows a long line whole, the newest at the bottom", func(t *testing.T) {
		s.Press("w")
		s.AwaitText("the end")
		rows := strings.Split(strings.TrimRight(logRows(s), "\n"), "\n")
		if last := rows[len(rows)-1]; !strings.Contains(last, "the end") {
			t.Errorf("the last row is %q:\n%s", last, plain(s.Frame()))
		}
		checkFrame(t, s.Frame(), 80, 24)
	})
	t.Run("pages lose no line", func(t *testing.T) {
		seen := map[string]bool{}
		for range 60 {
			for i := range 50 {
				if strings.Contains(plain(s.Frame()), line(i)) {
					seen[line(i)] = true
				}
			}
			s.Press("pgup")
		}
		if len(seen) != 50 {
			t.Errorf("%d of 50 lines were on the screen", len(seen))
		}
		s.Press("G")
		s.AwaitText("the end")
	})
	t.Run("a line longer than the screen shows its beginning", func(t *testing.T) {
		w.log(long(150, "beyond"))
		s.AwaitText("52 lines ")
		s.AwaitNoText("beyond")
		checkFrame(t, s.Frame(), 80, 24)
		s.Press("k")
		s.AwaitText("the end")
	})
	t.Run("w cuts them again", func(t *testing.T) {
		s.Press("w")
		s.AwaitNoText("the end")
	})
}

func TestUnfold(t *testing.T) {
	w, s := rushed(t, 120, 40)
	s.AwaitText("(5 lines, enter opens)")
	s.Press("o")
	s.AwaitText("/src/main.go:12 +0x1d")
	s.AwaitText("goroutine 1 [running]:")
	s.AwaitNoText("enter opens")
	t.Run("the cursor takes it as one line", func(t *testing.T) {
		s.Press("k", "y")
		s.Await("copy", func() bool { return s.Clipboard == "cas conflict: rev 41, want 40" })
	})
	t.Run("o folds it again", func(t *testing.T) {
		s.Press("G", "o")
		s.AwaitText("(5 lines, enter opens)")
		s.AwaitNoText("/src/main.go:12")
	})
	t.Run("what has grown is folded, and opens whole", func(t *testing.T) {
		s.Press("o")
		s.AwaitText("/src/main.go:12")
		w.raw("exit status 2\n")
		s.AwaitText("(6 lines, enter opens)")
		s.Press("o")
		s.AwaitText("exit status 2")
	})
}

func TestAround(t *testing.T) {
	_, s := rushed(t, 120, 40)
	s.Press("/")
	s.Type("conflict")
	s.Press("enter")
	s.AwaitText("2 of 601")
	s.Press("k", "C")
	s.AwaitText("all around a line")
	s.AwaitText("11:29:54")
	s.AwaitText("11:30:06")
	t.Run("esc brings the filter back, on the same line", func(t *testing.T) {
		s.Press("esc")
		s.AwaitText("2 of 601")
		s.AwaitText("PAUSED")
		s.Press("Y")
		s.Await("copy", func() bool { return strings.Contains(s.Clipboard, "11:30:00") })
		s.Press("esc")
		s.AwaitText("601 lines ")
	})
}
