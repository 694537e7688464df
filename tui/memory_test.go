package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/tui"
)

// remembering is a world whose screen is kept in a file.
func remembering(t *testing.T, path string) *world {
	t.Helper()
	w := newWorld(t)
	w.StateFile = path
	busy(w)
	return w
}

func awaitKept(t *testing.T, s *tui.Screen, path, text string) {
	t.Helper()
	s.Await("state with "+text, func() bool {
		s.Clock(noon)
		b, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(b), text)
	})
}

func TestScreenIsAsItWasLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "screen.json")
	s := remembering(t, path).start(120, 40)
	s.AwaitText("1 stale")
	t.Run("nothing is written before something has changed", func(t *testing.T) {
		s.Clock(noon)
		if _, err := os.Stat(path); err == nil {
			t.Error("there is a file already")
		}
	})
	s.Press("l", "l")
	s.AwaitText("3 of 6 ")
	s.Press("t", "3", "/")
	s.Type("agent:slot-*")
	s.Press("enter", "o", "O", "z")
	awaitKept(t, s, path, `"zoomed": true`)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v, want it private", info.Mode(), err)
	}

	s = remembering(t, path).start(120, 40)
	s.AwaitText("sort: slot ↑")
	s.AwaitText("5 of 6")
	s.AwaitText("agent:slot-*")
	s.AwaitNoText("LOG")
	s.Press("esc", "4")
	s.AwaitText("level>=warn")
	s.AwaitText("3 of 6 ")
	s.AwaitText("11:59:38Z")
	s.Press("3", "/", "up")
	s.AwaitText("/ agent:slot-*")
}

func TestStateThatMakesNoSense(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":             {"{", "is ignored"},
		"another type":        {`{"zoomed": "yes"}`, "is ignored"},
		"a broken filter":     {`{"log_filter": "level>=", "focus": "SLOTS"}`, "the kept filter"},
		"a hostile filter":    {`{"log_filter": "level>=\u001b[2J", "focus": "SLOTS"}`, "the kept filter"},
		"names of the future": {`{"focus": "WEATHER", "sort": "mood", "clock": "lunar", "new": 1}`, ""},
		"empty":               {``, "is ignored"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "screen.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			s := remembering(t, path).start(120, 40)
			s.AwaitText(c.want)
			s.AwaitText("RUNNING")
			s.AwaitText("6 lines ")
		})
	}
	t.Run("a directory in its place", func(t *testing.T) {
		path := t.TempDir()
		s := remembering(t, path).start(120, 40)
		s.AwaitText("is ignored")
		s.Press("z")
		s.Await("failure to keep it", func() bool {
			s.Clock(noon)
			return strings.Contains(plain(s.Frame()), "keep the state")
		})
		s.AwaitText("RUNNING")
	})
}

func TestReadOnlyKeepsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "screen.json")
	w := remembering(t, path)
	w.ReadOnly = true
	s := w.start(120, 40)
	s.AwaitText("1 stale")
	s.Press("z")
	s.Clock(noon)
	s.Stop()
	if _, err := os.Stat(path); err == nil {
		t.Error("the state was written")
	}
}
