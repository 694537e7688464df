package tui_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bones-tui/hub"
	"bones-tui/slots"
	"bones-tui/tui"
)

// stopping asks to stop a hub with nobody at work.
func stopping(t *testing.T, key string, more ...func(*world)) (*world, *tui.Screen) {
	t.Helper()
	w := newWorld(t)
	w.slots <- nil
	for _, f := range more {
		f(w)
	}
	s := w.start(120, 40)
	s.AwaitText("no slots")
	s.AwaitText("pid 48211")
	s.Press(key)
	s.AwaitDialog()
	return w, s
}

// says looks for text in a dialog, wherever its rows are broken.
func says(t *testing.T, s *tui.Screen, text string) {
	t.Helper()
	words := strings.Fields(strings.NewReplacer("│", " ", "\n", " ").Replace(plain(s.Frame())))
	if !strings.Contains(strings.Join(words, " "), text) {
		t.Errorf("%q is not on the screen:\n%s", text, plain(s.Frame()))
	}
}

func unapplied(n *int64) func(*world) {
	return func(w *world) { w.hub.status.Fossil.Unapplied = n }
}

// The stop dialogs say what the next command of bones does, if it does anything to work.
func TestStopSaysWhatComesAfter(t *testing.T) {
	const empties = "The next bones command empties hub.fossil"
	for _, key := range []string{"s", "S", "q"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			_, s := stopping(t, key)
			says(t, s, "6 check-ins are not in git. "+empties+"; hub recover brings it back.")
			has(t, s, "a write a patch first")
			_, s = stopping(t, key, unapplied(nil))
			says(t, s, "not known. "+empties)
			has(t, s, "a write a patch first")
			_, s = stopping(t, key, unapplied(ptr(int64(0))))
			lacks(t, s, "bones command", "not in git", "patch")
		})
	}
	t.Run("to edits that git could not take as a patch", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.hub.status.Fossil.Unapplied = ptr(int64(0))
		w.slots <- team()[1:2]
		s := w.start(120, 40)
		s.AwaitText("1 stale")
		s.AwaitText("pid 48211")
		s.Press("s")
		s.AwaitDialog()
		has(t, s, "No slot is active", "2 edited, 1 unpushed")
		says(t, s, "The next bones command removes the work of 1 slot; hub recover brings it back.")
		lacks(t, s, "patch", "empties")
	})
	t.Run("and not before a restart", func(t *testing.T) {
		t.Parallel()
		_, s := stopping(t, "r")
		lacks(t, s, "bones command", "patch")
	})
}

// The smallest screen cuts everything else first.
func TestTheSmallestStopDialogSaysWhatComesAfter(t *testing.T) {
	for _, key := range []string{"s", "S", "q"} {
		for n, seen := range []string{"no slots", "1 active", "", "3 active"} {
			if seen == "" {
				continue
			}
			t.Run(fmt.Sprint(key, " with ", n), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.Background = func(context.Context) error { return nil }
				live := []slots.Slot{slot("a", "t-1", "", 0), slot("b", "t-2", "", 0), slot("c", "t-3", "", 0)}
				w.slots <- live[:n]
				s := w.start(120, 40)
				s.AwaitText("pid 48211")
				s.AwaitText(seen)
				s.Press(key)
				s.AwaitDialog()
				s.Resize(40, 10)
				says(t, s, "6 check-ins are not in git. The next bones command empties hub.fossil")
			})
		}
	}
}

func TestPatchBeforeAStop(t *testing.T) {
	const command = "git apply --3way ~/.local/state/bones-tui/webapp-20261124T120000Z.patch"
	t.Run("is written, named and copied, and the question stays", func(t *testing.T) {
		t.Parallel()
		w, s := stopping(t, "s")
		s.Press("a")
		s.AwaitText(command)
		has(t, s, "Written: 6 check-ins, 4 files.", "y stop", "c copy the command")
		lacks(t, s, "a write a patch")
		want(t, w)
		s.Press("c")
		s.Await("copy", func() bool { return s.Clipboard == command })
		s.Press("y")
		s.AwaitText("STOPPED")
		want(t, w, "polite")
		if got := s.Outcome().String(); !strings.Contains(got, command) {
			t.Errorf("the last line is %q", got)
		}
	})
	t.Run("one for each leaf", func(t *testing.T) {
		t.Parallel()
		_, s := stopping(t, "S", func(w *world) {
			w.Patch = func(context.Context) ([]hub.Patch, error) { return patches(3), nil }
		})
		s.Press("a")
		s.AwaitText("3 patches, one for each fork")
		says(t, s, "git apply --3way ~/.local/state/bones-tui/webapp-20261124T120000Z-*.patch")
	})
	t.Run("fails in one line, and nothing is stopped", func(t *testing.T) {
		t.Parallel()
		n := 0
		w, s := stopping(t, "S", func(w *world) {
			w.Patch = func(context.Context) ([]hub.Patch, error) { n++; return nil, errors.New("disk \x1b[2J full") }
		})
		s.Press("a")
		s.AwaitText("Not written: disk ^[[2J full")
		s.Press("a")
		s.AwaitText("Not written, try 2")
		want(t, w)
		s.Press("F")
		s.AwaitText("STOPPED")
		want(t, w, "force")
	})
	t.Run("nothing but Cancel is heard while it is written", func(t *testing.T) {
		t.Parallel()
		hang := make(chan struct{})
		w, s := stopping(t, "s", func(w *world) {
			w.Patch = func(context.Context) ([]hub.Patch, error) { <-hang; return patches(1), nil }
		})
		s.Press("a")
		s.AwaitText("writing what git has not received")
		s.Press("y", "a")
		want(t, w)
		s.Press("esc")
		if s.DialogOpen() {
			t.Error("esc leaves the dialog open")
		}
		close(hang)
		s.AwaitText(command) // told all the same
		want(t, w)
	})
	t.Run("of check-ins that change no file", func(t *testing.T) {
		t.Parallel()
		_, s := stopping(t, "s", func(w *world) {
			w.Patch = func(context.Context) ([]hub.Patch, error) { return []hub.Patch{{CheckIns: 1}}, nil }
		})
		s.Press("a")
		s.AwaitText("there is nothing to write")
		lacks(t, s, "git apply")
	})
	t.Run("is named as a shell takes it", func(t *testing.T) {
		t.Parallel()
		_, s := stopping(t, "s", func(w *world) {
			w.Patch = func(context.Context) ([]hub.Patch, error) {
				return []hub.Patch{{Path: "/home/me/my state/it's.patch", CheckIns: 1, Files: 1}}, nil
			}
		})
		s.Press("a")
		s.AwaitText(fmt.Sprintf("git apply --3way '/home/me/my state/it'%s''s.patch'", `\`))
	})
	t.Run("needs somebody who can", func(t *testing.T) {
		t.Parallel()
		_, s := stopping(t, "s", func(w *world) { w.Patch = nil })
		lacks(t, s, "a write a patch")
		s.Press("a")
	})
}
