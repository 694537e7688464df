package tui_test

import (
	"strings"
	"testing"

	"bones-tui/tui"
)

func TestKeysOfTheSettings(t *testing.T) {
	w := newWorld(t)
	w.Settings.Keys = map[string][]string{"zoom": {"Z", "f2"}, "stop": {"X"}}
	s := w.start(120, 40)
	s.AwaitText("RUNNING")
	s.AwaitText("X stop")
	s.Press("z")
	s.AwaitText("NATS")
	s.Press("Z")
	s.AwaitNoText("NATS")
	s.Press("f2")
	s.AwaitText("NATS")
	s.Press("X")
	s.AwaitDialog()
}

func TestSavedFilters(t *testing.T) {
	w := newWorld(t)
	w.SaveDir = t.TempDir()
	w.Settings.Filters = []tui.SavedFilter{{Name: "quiet", Filter: "-event:hook"}}
	w.log(morning()...)
	s := w.start(120, 40)
	s.AwaitText("5 lines ")
	t.Run("B keeps the filter in force under a name", func(t *testing.T) {
		s.Press("/")
		s.Type("level>=warn")
		s.Press("enter", "B")
		s.AwaitText("Keep this filter as")
		s.Type("trouble")
		s.Press("enter")
		s.AwaitText("kept as trouble")
		s.Press("esc")
		s.AwaitText("5 lines ")
	})
	t.Run("b lists them, those of the settings first", func(t *testing.T) {
		s.Press("b")
		s.AwaitText("Filters of yours")
		if frame := plain(s.Frame()); strings.Index(frame, "quiet") > strings.Index(frame, "trouble") {
			t.Errorf("the order is wrong:\n%s", frame)
		}
		s.Type("trou")
		s.Press("enter")
		s.AwaitText("2 of 5")
	})
	t.Run("another dashboard has it too", func(t *testing.T) {
		other := w.start(120, 40)
		other.AwaitText("5 lines ")
		other.Press("b")
		other.AwaitText("trouble")
	})
	t.Run("ctrl+x forgets one that was kept, not one of the settings", func(t *testing.T) {
		s.Press("b")
		s.AwaitText("Filters of yours")
		s.Press("ctrl+x")
		s.AwaitText("quiet is in config.toml")
		s.Press("down", "ctrl+x")
		s.AwaitText("forgot trouble")
		s.Press("b")
		s.AwaitText("Filters of yours")
		if strings.Contains(plain(s.Frame()), "trouble ") {
			t.Errorf("it is still there:\n%s", plain(s.Frame()))
		}
		s.Press("esc")
	})
}
