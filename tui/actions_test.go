package tui_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/hub/hublog"
	"bones-tui/slots"
	"bones-tui/tui"
)

// again makes every connection after the first one to a fresh hub, and counts them.
func (w *world) again() *int {
	first, n := w.Connect, 0
	w.Connect = func(ctx context.Context) (tui.Session, error) {
		if n++; n > 1 {
			w.hub = &fakeHub{status: healthy(), done: make(chan struct{})}
			w.hub.status.PID = 50000 + n
		}
		return first(ctx)
	}
	return &n
}

func has(t *testing.T, s *tui.Screen, texts ...string) {
	t.Helper()
	frame := plain(s.Frame())
	for _, text := range texts {
		if !strings.Contains(frame, text) {
			t.Errorf("%q is not on the screen:\n%s", text, frame)
		}
	}
}

func lacks(t *testing.T, s *tui.Screen, texts ...string) {
	t.Helper()
	frame := plain(s.Frame())
	for _, text := range texts {
		if strings.Contains(frame, text) {
			t.Errorf("%q is on the screen:\n%s", text, frame)
		}
	}
}

func TestWait(t *testing.T) {
	begin := func(t *testing.T, w *world) *tui.Screen {
		t.Helper()
		s := w.start(120, 40)
		s.AwaitText("active")
		s.Press("s")
		s.AwaitDialog()
		s.Press("w")
		s.AwaitText("Waiting for")
		return s
	}
	t.Run("counts down while the operator looks elsewhere", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()
		s := begin(t, w)
		has(t, s, "Waiting for 3 slots: api, billing, web, then the hub stops", "waits for 3 slots")
		s.Press("tab", "z", "z", "3", "j", "/", "esc", "?", "esc")
		s.Send(tea.BlurMsg{})
		s.Resize(80, 24)
		w.slots <- team()[:1]
		s.AwaitText("waits for 1 slot")
		s.Send(tea.FocusMsg{})
		want(t, w)
		w.slots <- nil
		s.AwaitText("STOPPED")
		want(t, w, "polite")
	})
	t.Run("ends by itself when the last session turns stale", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- []slots.Slot{slot("api", "t-1", "", time.Second)}
		s := begin(t, w)
		s.Clock(noon.Add(85 * time.Second))
		want(t, w)
		s.Clock(noon.Add(95 * time.Second))
		s.AwaitText("STOPPED")
		want(t, w, "polite")
	})
	t.Run("is shown and called off by its own dialog", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()
		s := begin(t, w)
		s.Press("s")
		s.AwaitDialog()
		has(t, s, "Keep waiting", "billing")
		s.Press("enter")
		has(t, s, "waits for 3 slots")
		s.Press("s")
		s.AwaitDialog()
		s.Press("x")
		lacks(t, s, "waits for")
		w.slots <- nil
		s.AwaitText("no slots")
		want(t, w)
	})
	t.Run("goes on when the hub sees a slot that the screen does not", func(t *testing.T) {
		w := newWorld(t)
		w.hub.refuse = &hub.ActiveSlotsError{Slots: team()[:1]}
		w.slots <- team()[:1]
		s := begin(t, w)
		w.slots <- nil
		s.Await("refusal", func() bool { return len(w.hub.stopped()) == 1 })
		s.AwaitText("waits for 1 slot")
		if s.DialogOpen() {
			t.Error("a wait that goes on asks again")
		}
		s.Clock(noon.Add(3 * time.Second))
		s.AwaitText("STOPPED")
		want(t, w, "polite", "polite")
	})
	t.Run("does not stop while slots cannot be seen", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()[:1]
		s := begin(t, w)
		s.Send(tui.Slots(nil, errors.New("bucket: no responders")))
		s.Clock(noon.Add(200 * time.Second))
		has(t, s, "waits for 1 slot")
		want(t, w)
	})
}

func TestStopWithoutSnapshotSaysSo(t *testing.T) {
	w := newWorld(t)
	s := w.start(100, 30)
	s.AwaitText("pid 48211")
	s.Press("s")
	s.AwaitDialog()
	has(t, s, "cannot be seen")
	lacks(t, s, "No slot is active")
	s.Press("esc", "S")
	s.AwaitDialog()
	has(t, s, "Which agents lose their hub cannot", "no snapshot of them")
}

func TestDialogsNameWhatIsAtStake(t *testing.T) {
	w := newWorld(t)
	api, docs := team()[0], team()[3]
	api.Work = &slots.Work{EditCount: 2, Unapplied: 5, Unpushed: 1}
	docs.Work = &slots.Work{EditCount: 7}
	w.slots <- []slots.Slot{api, docs}
	w.Reseed = func(context.Context) (hub.Reseeded, error) { return hub.Reseeded{}, nil }
	s := w.start(120, 40)
	s.AwaitText("1 active")
	s.AwaitText("pid 48211")
	s.Press("S")
	s.AwaitDialog()
	has(t, s, "commit 16s ago", "2 edited, 1 unpushed, 4 not in git")
	lacks(t, s, "  docs         commit") // the stop does not touch it
	s.Press("esc", "W")
	s.AwaitDialog()
	has(t, s, "2 edited, 1 unpushed", "  docs         commit 6m ago    7 edited")
}

func TestForceIsVoidOnceAnotherSlotIsActive(t *testing.T) {
	w := newWorld(t)
	w.slots <- team()[:1]
	s := w.start(100, 30)
	s.AwaitText("1 active")
	s.AwaitText("pid 48211")
	s.Press("S")
	s.AwaitDialog()
	w.slots <- team()
	s.AwaitText("has become active meanwhile")
	has(t, s, "1 agent loses its hub")
	s.Press("F")
	want(t, w)
	if !s.DialogOpen() {
		t.Error("a void dialog was answered")
	}
}

func TestRestart(t *testing.T) {
	t.Run("stops politely and starts again", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		first := w.hub
		n := w.again()
		s := w.start(100, 30)
		s.AwaitText("no slots")
		s.AwaitText("pid 48211")
		s.Press("r")
		s.AwaitDialog()
		s.Press("enter")
		want(t, w)
		s.Press("r")
		s.AwaitDialog()
		s.Press("y")
		s.AwaitText("pid 50002")
		if got := first.stopped(); len(got) != 1 || got[0] != "polite" || *n != 2 {
			t.Errorf("stops %q, %d connections", got, *n)
		}
	})
	t.Run("is refused under active slots, and can wait", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- team()[:1]
		w.again()
		s := w.start(120, 30)
		s.AwaitText("1 active")
		s.AwaitText("pid 48211")
		s.Press("r")
		s.AwaitDialog()
		s.Press("y")
		want(t, w)
		s.Press("w")
		s.AwaitText("then the hub restarts")
		w.slots <- nil
		s.AwaitText("pid 50002")
	})
}

func TestHandOver(t *testing.T) {
	w := newWorld(t)
	w.slots <- team()
	w.again()
	handed := 0
	w.Background = func(context.Context) error { handed++; w.hub.set((*fakeHub).finish); return nil }
	s := w.start(120, 40)
	s.AwaitText("2 active")
	s.AwaitText("pid 48211")
	s.Press("D")
	s.AwaitDialog()
	has(t, s, "api", "billing", "on the same ports")
	s.Press("b")
	s.AwaitText("pid 50002")
	if handed != 1 || s.Quit {
		t.Errorf("handed over %d times, quit %v", handed, s.Quit)
	}
}

func TestHandOverFailureShowsTheChildsLastWords(t *testing.T) {
	w := newWorld(t)
	w.Background = func(context.Context) error {
		return &hub.StartError{Step: "detached process", Log: "one\npanic: no \x1b[2J memory\n", Err: errors.New("exit status 2")}
	}
	s := w.start(120, 40)
	s.AwaitText("pid 48211")
	s.Press("D")
	s.AwaitDialog()
	s.Press("b")
	s.AwaitText("The hub was not handed over")
	has(t, s, "detached process: exit status 2", "panic: no ", "RUNNING")
	s.Press("esc")
	lacks(t, s, "not handed over")
}

func TestReseed(t *testing.T) {
	t.Run("stops, archives and starts again", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		w.again()
		w.Reseed = func(context.Context) (hub.Reseeded, error) {
			return hub.Reseeded{Archive: "/home/me/code/webapp/.bones/hub-1.fossil", Unapplied: 1, Files: 12}, nil
		}
		s := w.start(140, 40)
		s.AwaitText("no slots")
		s.AwaitText("6 not in git")
		s.Press("W")
		s.AwaitDialog()
		has(t, s, "6 check-ins are")
		s.Press("y", "F", "S")
		want(t, w)
		s.Press("A")
		s.AwaitText("pid 50002")
		has(t, s, "12 files", "the old one is hub-1.fossil, with 1 check-in that git has not")
	})
	t.Run("a failure says that nothing has changed", func(t *testing.T) {
		w := newWorld(t)
		w.slots <- nil
		w.Reseed = func(context.Context) (hub.Reseeded, error) {
			return hub.Reseeded{}, errors.New("git: not a repository")
		}
		s := w.start(140, 40)
		s.AwaitText("no slots")
		s.AwaitText("pid 48211")
		s.Press("s")
		s.AwaitDialog()
		s.Press("y")
		s.AwaitText("STOPPED")
		s.Press("W")
		s.AwaitDialog()
		s.Press("A")
		s.AwaitText("nothing has changed")
		has(t, s, "git: not a repository", "STOPPED")
	})
	t.Run("is not offered without somebody who can", func(t *testing.T) {
		w := newWorld(t)
		s := w.start(140, 40)
		s.AwaitText("pid 48211")
		s.Press("W")
		if s.DialogOpen() {
			t.Error("W opens a dialog")
		}
	})
}

func TestDrainIsShownStepByStep(t *testing.T) {
	w := newWorld(t)
	w.slots <- nil
	s := w.start(100, 30)
	s.AwaitText("pid 48211")
	at := func(step string, after time.Duration) {
		st := healthy()
		st.At, st.Phase, st.Step = noon.Add(after), hub.PhaseDraining, step
		s.Send(tui.Sampled(st, nil))
		s.Clock(noon.Add(after))
	}
	at("http", 0)
	has(t, s, "Stopping webapp", "waiting for agents that push or pull", "of at most 30s", "S does not")
	at("http", 3*time.Second)
	has(t, s, "3.0s", "3s of at most 30s")
	at("nats", 4*time.Second)
	has(t, s, "closed Fossil's port", "4.0s", "parting with clients")
	s.Press("esc")
	lacks(t, s, "parting with clients")
	s.Press("S")
	s.AwaitDialog()
	has(t, s, "FORCE")
}

func TestFailureShowsTheLastLinesOfTheLog(t *testing.T) {
	w := newWorld(t)
	w.fail(&hub.StartError{Step: "nats", Err: errors.New("address in use")})
	last := entry(time.Second, hublog.LevelError, hublog.EventLifecycle)
	last.Msg = "hub: bring-up failed: nats"
	w.log(append(morning(), last)...)
	s := w.start(100, 30)
	s.AwaitText("last lines")
	has(t, s, "The hub did not start", "nats: address in use", "hub: bring-up failed", "r starts it again")
	s.Press("esc")
	lacks(t, s, "last lines")
	has(t, s, "FAILED")
}

// TestReadOnlyOffersNoAction presses every key, and looks for the words of every
// action in the footer, in help and in the palette.
func TestReadOnlyOffersNoAction(t *testing.T) {
	words := []string{"stop", "force", "restart", "start again", "hand over", "reseed", "archive"}
	w := newWorld(t)
	w.attach()
	w.hub.end = hub.ErrGone
	w.ReadOnly = true
	w.Background = func(context.Context) error { t.Error("handed over"); return nil }
	w.Reseed = func(context.Context) (hub.Reseeded, error) { t.Error("reseeded"); return hub.Reseeded{}, nil }
	w.slots <- nil
	s := w.start(200, 60)
	s.AwaitText("ATTACHED")
	s.AwaitText("no slots")
	for _, open := range []string{"", "?", ":"} {
		if open != "" {
			s.Press(open)
		}
		lacks(t, s, words...)
		s.Press("esc")
	}
	for _, k := range []string{"s", "S", "r", "D", "W", "y", "F", "w", "b"} {
		s.Press(k)
		if s.DialogOpen() {
			t.Errorf("%s opens a dialog", k)
		}
	}
	want(t, w)
	w.hub.set((*fakeHub).finish)
	s.AwaitText("GONE")
	s.Press("esc")
	lacks(t, s, "r starts", "start again", "reseed")
}
