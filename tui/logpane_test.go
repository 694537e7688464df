package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/tui"
)

// numbered is n lifecycle lines that say their number.
func numbered(from, n int) []hublog.Entry {
	out := make([]hublog.Entry, n)
	for i := range out {
		out[i] = entry(time.Hour, hublog.LevelInfo, hublog.EventLifecycle)
		out[i].Msg = fmt.Sprintf("line %06d", from+i)
	}
	return out
}

func line(n int) string { return fmt.Sprintf("line %06d", n) }

func TestLogFollows(t *testing.T) {
	w := newWorld(t)
	w.log(numbered(0, 100)...)
	s := w.start(80, 24)
	s.AwaitText(line(99))
	w.log(numbered(100, 1)...)
	s.AwaitText(line(100))

	t.Run("going up pauses, new lines are counted and move nothing", func(t *testing.T) {
		s.Press("k")
		s.AwaitText("PAUSED")
		before := logRows(s)
		w.log(numbered(101, 37)...)
		s.AwaitText("PAUSED +37")
		if after := logRows(s); after != before {
			t.Errorf("the rows have moved from\n%s\nto\n%s", before, after)
		}
	})
	t.Run("G resumes at the end", func(t *testing.T) {
		s.Press("G")
		s.AwaitText(line(137))
		s.AwaitText("FOLLOW")
		s.AwaitNoText("PAUSED")
	})
	t.Run("f toggles", func(t *testing.T) {
		s.Press("f")
		s.AwaitText("PAUSED")
		s.Press("f")
		s.AwaitText("FOLLOW")
	})
}

// logRows is what is below the log's rule, without the footer.
func logRows(s *tui.Screen) string {
	rows := strings.Split(plain(s.Frame()), "\n")
	for i, r := range rows {
		if strings.Contains(r, " LOG ") {
			return strings.Join(rows[i+1:len(rows)-2], "\n")
		}
	}
	return ""
}

func TestLogScrollsThroughTheWholeHistory(t *testing.T) {
	const n = 6000 // more than the pane holds
	w := newWorld(t)
	w.log(numbered(0, n)...)
	s := w.start(80, 24)
	s.AwaitText(line(n - 1))
	s.AwaitText("6,000 lines")
	for {
		rows := logRows(s)
		first := rows[:strings.IndexByte(rows, '\n')]
		if strings.Contains(first, line(0)) {
			break
		}
		s.Await("movement", func() bool { s.Press("pgup"); return logRows(s) != rows })
	}
	s.AwaitText(line(0))
	t.Run("and down again", func(t *testing.T) {
		for range n {
			if strings.Contains(logRows(s), line(n-1)) {
				return
			}
			rows := logRows(s)
			s.Await("movement", func() bool { s.Press("pgdown"); return logRows(s) != rows })
		}
		t.Error("the last line was never reached")
	})
	t.Run("g goes to the first line at once", func(t *testing.T) {
		s.Press("G")
		s.AwaitText(line(n - 1))
		s.Press("g")
		s.AwaitText(line(0))
		s.AwaitText("PAUSED")
	})
	t.Run("a burst while paused at the top is counted, and the end is reached", func(t *testing.T) {
		w.log(numbered(n, 5000)...)
		s.AwaitText("PAUSED +5,000")
		s.AwaitText(line(0))
		s.Press("G")
		s.AwaitText(line(n + 4999))
	})
}

func TestLogFilter(t *testing.T) {
	w := newWorld(t)
	w.log(morning()...)
	s := w.start(120, 40)
	s.AwaitText("tasks.update")
	t.Run("l goes through the levels", func(t *testing.T) {
		s.Press("l")
		s.AwaitNoText("tasks.update")
		s.AwaitText("level>=info")
		s.AwaitText("4 of 5")
		s.Press("l")
		s.AwaitNoText("PreToolUse")
		s.Press("l")
		s.AwaitText("level>=error")
		s.AwaitText("1 of 5")
		s.Press("l")
		s.AwaitText("tasks.update")
		s.AwaitText("5 lines")
	})
	t.Run("v goes through the events", func(t *testing.T) {
		for _, kind := range []string{"rpc", "hook", "lifecycle", "error"} {
			s.Press("v")
			s.AwaitText("event:" + kind)
		}
		s.Press("v")
		s.AwaitNoText("event:")
		s.AwaitText("5 lines")
	})
	t.Run("typed text is in force at once, esc puts back what was", func(t *testing.T) {
		s.Press("/")
		s.Type("conflict")
		s.AwaitText("1 of 5")
		s.Press("esc")
		s.AwaitText("5 lines")
	})
	t.Run("enter keeps it, esc then clears it", func(t *testing.T) {
		s.Press("/")
		s.Type("conflict")
		s.Press("enter")
		s.AwaitText("1 of 5")
		s.Press("esc")
		s.AwaitText("5 lines")
	})
	t.Run("what cannot be parsed is marked and changes nothing", func(t *testing.T) {
		s.Press("/")
		s.Type("level>=loud")
		s.AwaitText("↑")
		s.Press("enter")
		if s.View().Cursor == nil {
			t.Error("enter has left an input with a mistake in it")
		}
		s.Press("esc")
		s.AwaitText("5 lines")
	})
	t.Run("keys of the screen are text in the input", func(t *testing.T) {
		s.Press("/")
		s.Type("qsS")
		if s.DialogOpen() || s.Quit {
			t.Error("a typed letter was taken for a command")
		}
		s.Press("esc")
	})
}

func TestLogShowsHostileTextHarmless(t *testing.T) {
	w := newWorld(t)
	bad := entry(0, hublog.LevelInfo, "\x1b[31mrpc")
	bad.Msg, bad.Agent, bad.RPC = "\x1b]52;c;aGk=\a\x1b[2Jboo\u202e", "a\r\nb", "x\x9b31m"
	w.log(bad)
	w.raw("\x1b[?1049l raw \x00 \xff\n")
	s := w.start(200, 60)
	s.AwaitText("boo")
	s.AwaitText("raw ")
	for i, r := range plain(s.Frame()) {
		if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e') {
			t.Fatalf("control character %U at byte %d of the screen", r, i)
		}
	}
	if strings.Contains(s.Frame(), "\x1b]") || strings.Contains(s.Frame(), "\x1b[2J") || strings.Contains(s.Frame(), "\x1b[?") {
		t.Error("an escape sequence of the log has reached the terminal")
	}
}

func TestLogRowsThatGrow(t *testing.T) {
	w := newWorld(t)
	w.log(numbered(0, 3)...)
	w.raw("panic: boom\n")
	s := w.start(80, 24)
	s.AwaitText("panic: boom")
	w.raw("goroutine 1 [running]:\n")
	s.AwaitText("(2 lines, enter opens)")
	w.raw("main.main()\n")
	s.AwaitText("(3 lines, enter opens)")
	t.Run("while paused, without being counted as new", func(t *testing.T) {
		s.Press("k")
		w.raw("\t/src/main.go:12 +0x1d\n")
		s.AwaitText("(4 lines, enter opens)")
		s.AwaitNoText("PAUSED +")
		s.Press("G")
	})
	t.Run("an unfinished line is finished in its place", func(t *testing.T) {
		e := entry(0, hublog.LevelInfo, hublog.EventLifecycle)
		e.Msg = "in two pieces"
		text := string(e.Append(nil))
		w.raw(text[:30])
		s.AwaitText(text[:20])
		w.raw(text[30:])
		s.AwaitText("in two pieces")
		s.AwaitNoText(text[:20])
		if n := strings.Count(plain(s.Frame()), "in two pieces"); n != 1 {
			t.Errorf("the line is shown %d times:\n%s", n, plain(s.Frame()))
		}
	})
}
