package tui_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/tui"
)

// fakeRecovery has the copies that the test sets, and notes what is done with them.
type fakeRecovery struct {
	hub *fakeHub // nil: none runs

	mu   sync.Mutex
	list []hub.Recoverable
	err  error
	done []string
}

func (f *fakeRecovery) set(do func(*fakeRecovery)) { f.mu.Lock(); defer f.mu.Unlock(); do(f) }

func (f *fakeRecovery) refused() error {
	if f.hub != nil {
		select {
		case <-f.hub.done:
		default:
			return fmt.Errorf("app: %w", hub.ErrRunning)
		}
	}
	return f.err
}

// note notes what is done, unless it is refused.
func (f *fakeRecovery) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.refused()
	if err == nil && what != "" {
		f.done = append(f.done, what)
	}
	return err
}

func (f *fakeRecovery) Copies(context.Context) (list []hub.Recoverable, err error) {
	f.set(func(f *fakeRecovery) { list, err = slices.Clone(f.list), f.refused() })
	return list, err
}

func (f *fakeRecovery) BringBack(_ context.Context, path string) (hub.BroughtBack, error) {
	if err := f.note("bring back " + path); err != nil {
		return hub.BroughtBack{}, err
	}
	f.set(func(f *fakeRecovery) {
		f.list = slices.DeleteFunc(slices.Clone(f.list), func(c hub.Recoverable) bool { return c.Path == path })
	})
	return hub.BroughtBack{CheckIns: 6, Replaced: true, Archive: "/w/.bones/hub-20261124T120000Z.fossil"}, nil
}

func (f *fakeRecovery) Patches(_ context.Context, path string) ([]hub.Patch, error) {
	if err := f.note("patch " + path); err != nil {
		return nil, err
	}
	return patches(1), nil
}

func (f *fakeRecovery) Files(_ context.Context, path string) (string, int, error) {
	if err := f.note("files " + path); err != nil {
		return "", 0, err
	}
	return "/home/me/.local/state/bones-tui/auth-1790000000-20261124T120000Z", 2, nil
}

// patches is what is written of n leaves.
func patches(n int) (list []hub.Patch) {
	for i := range n {
		name := "webapp-20261124T120000Z"
		if n > 1 {
			name += fmt.Sprintf("-%s-9c4e21a%d", []string{"trunk", "topic"}[min(i, 1)], i)
		}
		list = append(list, hub.Patch{Path: "/home/me/.local/state/bones-tui/" + name + ".patch", CheckIns: 6 - i, Files: 4})
	}
	return list
}

// savedCopies are one of each kind, and one that cannot be read.
func savedCopies() []hub.Recoverable {
	const dir = "/home/me/code/webapp/.bones/recovery/0d9c6a1e-5a5b-4f52-a1b5-7a0f6c3f2b11"
	run := hub.Recoverable{Path: dir + "/hub-4f2ad1c09b7e.fossil", Kind: "run", Taken: noon.Add(-3 * time.Minute), Bytes: 6 << 20, Total: 6, Way: hub.WayReplace}
	for i := range 6 {
		run.CheckIns = append(run.CheckIns, hub.CheckIn{
			UUID: strings.Repeat(fmt.Sprint(9-i), 40), Branch: "trunk", User: "slot-auth",
			Comment: fmt.Sprintf("auth: step %d of the rotation\n\nmore", 6-i), Time: noon.Add(-time.Duration(5+10*i) * time.Minute),
		})
	}
	archive := hub.Recoverable{
		Path: "/home/me/code/webapp/.bones/hub-20261123T090000Z.fossil", Kind: "archive", Taken: noon.Add(-27 * time.Hour), Bytes: 5 << 20,
		Total: 1, CheckIns: run.CheckIns[5:], Way: hub.WayBranch,
	}
	broken := hub.Recoverable{Path: dir + "/trees/api-1790000001/leaf.fossil", Kind: "clone", Taken: noon.Add(-28 * time.Hour), Problem: "database disk image is malformed"}
	tree := hub.Recoverable{
		Path: dir + "/trees/auth-1790000000", Kind: "worktree", Taken: noon.Add(-29 * time.Hour), Bytes: 2048, Slot: "auth",
		Files: []string{"auth/keys.go", "auth/rotate.go"},
	}
	return []hub.Recoverable{run, archive, broken, tree}
}

// recovering has a hub that has ended, and the list of copies open.
func recovering(t *testing.T, more ...func(*world)) (*world, *tui.Screen) {
	t.Helper()
	w := newWorld(t)
	w.slots <- nil
	for _, f := range more {
		f(w)
	}
	s := w.start(120, 40)
	s.AwaitText("no slots")
	w.hub.set((*fakeHub).finish)
	s.AwaitText("STOPPED")
	s.Press("R")
	s.AwaitText("RECOVER")
	return w, s
}

func did(t *testing.T, w *world, want ...string) {
	t.Helper()
	w.saved.set(func(f *fakeRecovery) {
		if !slices.Equal(f.done, want) {
			t.Errorf("done with copies: %q, want %q", f.done, want)
		}
	})
}

func TestRecover(t *testing.T) {
	run, tree := savedCopies()[0].Path, savedCopies()[3].Path
	t.Run("lists copies, shows one, and brings it back after a question", func(t *testing.T) {
		t.Parallel()
		w, s := recovering(t)
		s.AwaitText("6 check-ins")
		has(t, s, "2 files of slot auth", "cannot be read: database disk image is malformed")
		s.Press("enter")
		s.AwaitText("step 6 of the rotation")
		has(t, s, "in the place of the repository, which has nothing but its seed")
		s.Press("b")
		s.AwaitDialog()
		has(t, s, "kept as hub-<time>.fossil")
		s.Press("enter")
		did(t, w)
		s.Press("b")
		s.AwaitDialog()
		s.Press("y")
		s.AwaitText("6 check-ins are back")
		did(t, w, "bring back "+run)
		s.AwaitDialog()
		s.Press("enter")
		s.AwaitText("━ RECOVER") // in which it is no more
		s.AwaitNoText("hub-4f2ad1c09b7e")
		has(t, s, "1 check-in")
	})
	t.Run("writes a patch, and names the command", func(t *testing.T) {
		t.Parallel()
		w, s := recovering(t)
		s.AwaitText("6 check-ins")
		s.Press("p")
		s.AwaitText("git apply --3way ~/.local/state/bones-tui/webapp-20261124T120000Z.patch")
		did(t, w, "patch "+run)
		s.AwaitDialog()
		s.Press("c")
		s.Await("copy", func() bool { return strings.HasPrefix(s.Clipboard, "git apply --3way ~/") })
		if !s.DialogOpen() {
			t.Error("copying closes the dialog")
		}
	})
	t.Run("writes the files of a worktree", func(t *testing.T) {
		t.Parallel()
		w, s := recovering(t)
		s.AwaitText("6 check-ins")
		s.Press("G", "b", "p")
		did(t, w)
		s.Press("w")
		s.AwaitText("2 files of slot auth, in")
		did(t, w, "files "+tree)
	})
	t.Run("says why it was not done", func(t *testing.T) {
		t.Parallel()
		w, s := recovering(t)
		s.AwaitText("6 check-ins")
		w.saved.set(func(f *fakeRecovery) { f.err = errors.New("disk full") })
		s.Press("p")
		s.AwaitText("disk full")
		has(t, s, "Not written")
	})
	t.Run("has nothing to show", func(t *testing.T) {
		t.Parallel()
		_, s := recovering(t, func(w *world) { w.saved.list = nil })
		s.AwaitText("no copy holds anything")
	})
	t.Run("read-only writes a patch, and brings nothing back", func(t *testing.T) {
		t.Parallel()
		w, s := recovering(t, func(w *world) { w.ReadOnly = true })
		s.AwaitText("6 check-ins")
		s.Press("b")
		if s.DialogOpen() {
			t.Error("a read-only screen asks whether to bring back")
		}
		s.Press("p")
		s.AwaitText("git apply")
		did(t, w, "patch "+run)
	})
}

// While a hub runs the list says why it is empty; s stops the hub, and the copies show by
// themselves.
func TestRecoverBesideAHub(t *testing.T) {
	w := newWorld(t)
	w.slots <- nil
	s := w.start(120, 40)
	s.AwaitText("no slots")
	s.AwaitText("pid 48211")
	s.Press("!")
	s.AwaitText("FINDINGS")
	has(t, s, "R recover")
	s.Press("R")
	s.AwaitText("A hub runs.")
	has(t, s, "s stop the hub")
	s.Press("b", "p", "w")
	did(t, w)
	s.Press("s")
	s.AwaitDialog()
	s.Press("y")
	s.AwaitText("6 check-ins")
	want(t, w, "polite")
	s.Press("esc")
	s.AwaitText("FINDINGS")
}

func TestPaletteOffersRecover(t *testing.T) {
	w := newWorld(t)
	w.slots <- nil
	s := w.start(120, 40)
	s.AwaitText("no slots")
	s.Press(":")
	s.Type("recover")
	s.Press("enter")
	s.AwaitText("A hub runs.")
}
