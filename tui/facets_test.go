package tui_test

import (
	"strings"
	"testing"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/tui"
)

// rush is many lines over an hour, with errors in its middle and one at its end.
func rush() []hublog.Entry {
	var out []hublog.Entry
	agents := []string{"slot-api", "slot-auth", "slot-web", "system"}
	for i := range 600 {
		e := entry(time.Hour-time.Duration(i)*6*time.Second, hublog.LevelInfo, hublog.EventRPC)
		e.RPC, e.Agent = "tasks.update", agents[i%4]
		switch {
		case i == 300 || i == 599:
			e.Level, e.Err = hublog.LevelError, "cas conflict: rev 41, want 40"
		case i%97 == 0:
			e.Level, e.Event, e.RPC, e.Msg = hublog.LevelWarn, hublog.EventLifecycle, "", "lease watcher: slot auth not renewed"
		case i%5 == 0:
			e.Event, e.RPC, e.Hook, e.Matcher = hublog.EventHook, "", "PreToolUse", "Bash"
		}
		out = append(out, e)
	}
	return out
}

func rushed(t *testing.T, width, height int) (*world, *tui.Screen) {
	t.Helper()
	w := newWorld(t)
	rushHour(w)
	s := w.start(width, height)
	s.AwaitText("601 lines ")
	return w, s
}

func TestFacets(t *testing.T) {
	w, s := rushed(t, 200, 60)
	s.Press("a")
	s.AwaitText("FACETS")
	s.AwaitText("601 lines ")
	s.AwaitText("slot-auth")
	t.Run("enter lets only the value through", func(t *testing.T) {
		s.Press("enter")
		s.AwaitText("level=error")
		s.AwaitText(" 3 lines ")
	})
	t.Run("u takes it back", func(t *testing.T) {
		s.Press("u")
		s.AwaitText("601 lines ")
	})
	t.Run("x leaves the value out", func(t *testing.T) {
		s.Press("right", "right", "right")
		s.Press("x")
		s.AwaitText("-agent:slot-api")
		s.AwaitText("451 lines ")
		s.Press("u")
		s.AwaitText("601 lines ")
	})
	t.Run("raw rows are a kind", func(t *testing.T) {
		s.Press("left", "left", "G")
		s.Press("i")
		s.AwaitText("kind:raw")
		s.AwaitText(" 1 line ")
		s.Press("u")
		s.AwaitText("601 lines ")
	})
	t.Run("counts keep up, and the cursor stays on its value", func(t *testing.T) {
		w.log(rush()[:97]...)
		s.AwaitText("698 lines ")
		s.Press("i")
		s.AwaitText("kind:raw")
		s.Press("u")
	})
	t.Run("esc goes back to the log, which keeps the filter", func(t *testing.T) {
		s.Press("left", "g", "i", "esc")
		s.AwaitText("level=error")
		s.AwaitText("3 of 698")
		s.AwaitNoText("FACETS")
	})
}

func TestHistogram(t *testing.T) {
	w, s := rushed(t, 120, 40)
	s.Press("h")
	s.AwaitText("/bar")
	rows := strings.Split(logRows(s), "\n")
	if !strings.Contains(rows[0], "11:00") || !strings.Contains(rows[0], "11:59") {
		t.Errorf("the ends of the log are not named: %q", rows[0])
	}
	if n := strings.Count(rows[1], "■"); n != 3 { // two bars and the legend
		t.Errorf("%d signs of errors, want 3: %q", n, rows[1])
	}
	t.Run("a clock that was wrong once does not press it together", func(t *testing.T) {
		w.log(entry(-73*365*24*time.Hour, hublog.LevelInfo, "rpc"), entry(27*365*24*time.Hour, hublog.LevelInfo, "rpc"))
		s.AwaitText("603 lines ")
		s.AwaitText("603 lines ")
		rows := strings.Split(logRows(s), "\n")
		if !strings.Contains(rows[0], "11:00") {
			t.Errorf("the histogram is %q", rows[0])
		}
	})
	t.Run("follows the filter", func(t *testing.T) {
		s.Press("/")
		s.Type("level:warn")
		s.Press("enter")
		s.AwaitText("■ 0")
	})
	t.Run("h hides it", func(t *testing.T) {
		s.Press("h")
		s.AwaitNoText("/bar")
	})
}

func TestCompletionKnowsTheLog(t *testing.T) {
	w := newWorld(t)
	old := entry(time.Hour, hublog.LevelInfo, hublog.EventRPC)
	old.Agent = "slot-zebra"
	w.log(old)
	w.log(numbered(0, 5000)...)
	s := w.start(120, 40)
	s.AwaitText("5,001 lines ")
	s.Press("/")
	s.Type("agent:slot-z")
	s.Await("values", func() bool { s.Press("tab"); return strings.Contains(plain(s.Frame()), "agent:slot-zebra") })
}

func TestHelpScrolls(t *testing.T) {
	s := newWorld(t).start(80, 24)
	s.AwaitText("RUNNING")
	s.Press("?")
	s.AwaitText("Keys 1-20 of")
	s.AwaitNoText("copy all of it")
	s.Press("G")
	s.AwaitText("copy all of it")
	s.Press("g")
	s.AwaitText("Keys 1-20 of")
}
