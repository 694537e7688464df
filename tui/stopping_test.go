package tui_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/slots"
	"bones-tui/tui"
)

func TestStop(t *testing.T) {
	running := func(t *testing.T, w *world) *tui.Screen {
		t.Helper()
		s := w.start(100, 30)
		s.AwaitText("no slots")
		return s
	}
	t.Run("asks, and stops politely", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		s := running(t, w)
		s.Press("s")
		s.AwaitDialog()
		s.Press("y")
		s.AwaitText("STOPPED")
		want(t, w, "polite")
		if s.Quit {
			t.Error("stopping must not quit")
		}
	})
	t.Run("enter and esc change nothing", func(t *testing.T) {
		for _, k := range []string{"enter", "esc", "q"} {
			w := newWorld(t)
			w.slots <- nil
			s := running(t, w)
			s.Press("s")
			s.AwaitDialog()
			s.Press(k)
			if s.DialogOpen() {
				t.Errorf("%s leaves the dialog open", k)
			}
			want(t, w)
		}
	})
	t.Run("hears nothing in the first 300 ms", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		s := running(t, w)
		s.Press("s", "y", "enter")
		if !s.DialogOpen() {
			t.Error("a key typed at once has answered the dialog")
		}
		want(t, w)
	})
	t.Run("ignores pasted text", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		s := running(t, w)
		s.Press("s")
		s.AwaitDialog()
		s.Send(tea.PasteMsg{Content: "y"})
		if !s.DialogOpen() {
			t.Error("pasted text has answered the dialog")
		}
		want(t, w)
	})
	t.Run("lists the slots that refuse it", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		w.hub.live = team()[:1] // the hub knows better than the screen
		s := running(t, w)
		s.Press("s")
		s.AwaitDialog()
		s.Press("y")
		s.AwaitText("slot is active")
		s.AwaitText("api          commit 16s ago")
		want(t, w, "polite")
	})
	t.Run("waits for slots, then stops by itself", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()[:1]
		s := w.start(100, 30)
		s.AwaitText("1 active")
		s.Press("s")
		s.AwaitDialog()
		s.Press("w")
		s.AwaitText("Waiting for 1 slot")
		want(t, w)
		w.slots <- nil
		s.AwaitText("STOPPED")
		want(t, w, "polite")
	})
	t.Run("waiting can be left", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()[:1]
		s := w.start(100, 30)
		s.AwaitText("1 active")
		s.Press("s")
		s.AwaitDialog()
		s.Press("w", "esc")
		w.slots <- nil
		s.AwaitText("no slots")
		want(t, w)
	})
	t.Run("S and F force it, S alone does not", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()
		s := w.start(100, 30)
		s.AwaitText("2 active")
		s.AwaitText("6 not in git")
		s.Press("S")
		s.AwaitDialog()
		if !strings.Contains(plain(s.Frame()), "billing") || !strings.Contains(plain(s.Frame()), "hub recover") {
			t.Errorf("the dialog does not name what is cut:\n%s", plain(s.Frame()))
		}
		s.Press("S", "f", "y")
		want(t, w)
		s.Press("F")
		s.AwaitText("STOPPED")
		want(t, w, "force")
	})
	t.Run("shows why it failed until dismissed", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		s := running(t, w)
		s.Send(tui.Stopped(1, errors.New("kill 48211: operation not permitted")))
		s.AwaitText("operation not permitted")
		s.AwaitText("RUNNING")
		s.Press("M")
		s.AwaitText("mouse on")
		s.Clock(noon.Add(time.Hour))
		s.AwaitText("operation not permitted")
		s.Press("esc")
		s.AwaitNoText("operation not permitted")
	})
	t.Run("a dialog whose hub has ended offers nothing", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		s := running(t, w)
		s.Press("S")
		s.AwaitDialog()
		w.hub.set((*fakeHub).finish)
		s.AwaitText("has ended meanwhile")
		s.Press("F")
		want(t, w)
	})
	t.Run("read-only has no such keys", func(t *testing.T) {
		w := newWorld(t)
		w.ReadOnly = true
		w.slots <- nil
		s := running(t, w)
		s.Press("s", "S", "r")
		if s.DialogOpen() {
			t.Error("a read-only screen asks to stop")
		}
	})
}

func want(t *testing.T, w *world, stops ...string) {
	t.Helper()
	if got := w.hub.stopped(); !slices.Equal(got, stops) {
		t.Errorf("the hub was asked to stop %q, want %q", got, stops)
	}
}

func TestQuit(t *testing.T) {
	outcome := func(t *testing.T, s *tui.Screen, want string) {
		t.Helper()
		s.Await("quit", func() bool { return s.Quit })
		if got := s.Outcome().String(); !strings.Contains(got, want) {
			t.Errorf("the last line is %q, want %q", got, want)
		}
	}
	t.Run("attached leaves the hub alone", func(t *testing.T) {
		w := newWorld(t)
		w.attach()
		s := w.start(100, 30)
		s.AwaitText("ATTACHED")
		s.Press("q")
		outcome(t, s, "detached; the hub keeps running (pid 48211)")
		want(t, w)
	})
	t.Run("owned stops and quits", func(t *testing.T) {
		w := newWorld(t)
		s := w.start(100, 30)
		s.AwaitText("RUNNING")
		s.Press("q")
		s.AwaitDialog()
		s.Press("y")
		outcome(t, s, "hub stopped")
		want(t, w, "polite")
	})
	t.Run("owned can be left running", func(t *testing.T) {
		w := newWorld(t)
		w.Background = func(context.Context) error { w.hub.set((*fakeHub).finish); return nil }
		s := w.start(100, 30)
		s.AwaitText("RUNNING")
		s.Press("q")
		s.AwaitDialog()
		s.Press("b")
		outcome(t, s, "keeps running in the background")
		want(t, w)
	})
	t.Run("a failed hand-over stays", func(t *testing.T) {
		w := newWorld(t)
		w.Background = func(context.Context) error { return errors.New("fork: out of memory") }
		s := w.start(100, 30)
		s.AwaitText("RUNNING")
		s.Press("q")
		s.AwaitDialog()
		s.Press("b")
		s.AwaitText("out of memory")
		if s.Quit {
			t.Error("it quit although nobody has the hub")
		}
	})
	t.Run("a refused stop does not quit", func(t *testing.T) {
		w := newWorld(t)
		w.hub.live = []slots.Slot{slot("api", "t-1", "", 0)}
		s := w.start(100, 30)
		s.AwaitText("RUNNING")
		s.Press("q")
		s.AwaitDialog()
		s.Press("y")
		s.AwaitText("slot is active")
		s.AwaitDialog()
		s.Press("S")
		s.AwaitDialog()
		s.Press("F")
		outcome(t, s, "hub stopped")
		want(t, w, "polite", "force")
	})
	t.Run("a failed start exits with the failure", func(t *testing.T) {
		w := newWorld(t)
		w.fail(&hub.StartError{Step: "nats", Err: errors.New("address in use")})
		s := w.start(100, 30)
		s.AwaitText("FAILED")
		s.Press("q")
		outcome(t, s, "no hub is running: nats: address in use")
	})
}

func TestSignals(t *testing.T) {
	start := func(t *testing.T, w *world) (*tui.Screen, chan<- os.Signal) {
		t.Helper()
		c := make(chan os.Signal, 2)
		w.Signals = c
		s := w.start(100, 30)
		s.AwaitText("pid 48211")
		return s, c
	}
	quit := func(s *tui.Screen) { s.Await("quit", func() bool { return s.Quit }) }
	t.Run("the first drains past the guard", func(t *testing.T) {
		w := newWorld(t)
		w.hub.live = team()
		s, c := start(t, w)
		c <- syscall.SIGTERM
		quit(s)
		want(t, w, "drain")
	})
	t.Run("a hang-up with agents at work hands over", func(t *testing.T) {
		w := newWorld(t)
		handed := false
		w.Background = func(context.Context) error { handed = true; return nil }
		w.slots <- team()
		s, c := start(t, w)
		s.AwaitText("2 active")
		c <- syscall.SIGHUP
		quit(s)
		want(t, w)
		if !handed {
			t.Error("the hub was not handed over")
		}
	})
	t.Run("a hang-up without agents drains", func(t *testing.T) {
		w := newWorld(t)
		w.Background = func(context.Context) error { return errors.New("not wanted") }
		s, c := start(t, w)
		c <- syscall.SIGHUP
		quit(s)
		want(t, w, "drain")
	})
	t.Run("the second cuts", func(t *testing.T) {
		w := newWorld(t)
		hang := make(chan struct{})
		t.Cleanup(func() { close(hang) })
		w.Connect = func(context.Context) (tui.Session, error) {
			return tui.Session{Hub: w.hub, Slots: w.slots, Owned: true, Drain: func(ctx context.Context) error {
				select {
				case <-hang:
				case <-ctx.Done():
				}
				return nil
			}}, nil
		}
		s, c := start(t, w)
		c <- syscall.SIGTERM
		s.AwaitText("STOPPING")
		c <- syscall.SIGTERM
		quit(s)
		want(t, w, "force")
	})
	t.Run("attached it quits at once", func(t *testing.T) {
		w := newWorld(t)
		w.attach()
		s, c := start(t, w)
		c <- syscall.SIGINT
		quit(s)
		want(t, w)
	})
}

func TestSuspend(t *testing.T) {
	w := newWorld(t)
	s := w.start(100, 30)
	s.AwaitText("RUNNING")
	s.Press("ctrl+z")
	s.AwaitText("every agent would freeze")
}
