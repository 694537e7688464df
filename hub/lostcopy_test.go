package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
)

// Whoever removes .bones removes the copies in it too. What git has not of the repository is
// saved where they do not get, and comes back once the workspace has a hub again.
func TestWhatWasDeletedUnderAHubComesBack(t *testing.T) {
	t.Parallel()
	for name, deletion := range map[string]func(root string) error{
		"removed":  func(root string) error { return os.RemoveAll(bonesdir.At(root).State) },
		"replaced": func(root string) error { return replaceState(bonesdir.At(root).State) },
		"the file": func(root string) error { return os.Remove(bonesdir.At(root).Fossil()) },
	} {
		t.Run(name, func(t *testing.T) {
			root := newWorkspace(t)
			h := startHub(t, root)
			want := pushOne(t, root, "precious")
			if err := deletion(root); err != nil {
				t.Fatal(err)
			}
			var st hub.Status
			within(t, time.Minute, "saved", func() bool { st = statusOf(t, h); return st.Saved != "" })
			if st.Lost == "" || strings.HasPrefix(st.Saved, root) {
				t.Errorf("saved as %q, lost %q", st.Saved, st.Lost)
			}
			if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
				t.Error(err)
			}
			if name == "replaced" {
				if err := os.RemoveAll(bonesdir.At(root).State); err != nil {
					t.Fatal(err)
				}
			}
			stopHub(t, startHub(t, root))
			list, err := hub.Recover(t.Context(), root)
			if err != nil || len(list) == 0 || list[0].Kind != "lost" || list[0].CheckIns[0].UUID != want.UUID {
				t.Fatalf("Recover = %+v, %v", list, err)
			}
			if done, err := hub.BringBack(t.Context(), root, list[0].Path); err != nil || !done.Replaced || done.Tip != want.UUID {
				t.Errorf("BringBack = %+v, %v", done, err)
			}
			write(t, root, ".bones/last-applied", want.UUID+"\n", 0o644)
			if removed, err := hub.PruneRecovery(t.Context(), root); err != nil || len(removed) == 0 {
				t.Errorf("once git has it: %v, %v", removed, err)
			}
			if _, err := os.Lstat(list[0].Path); err == nil {
				t.Error("the copy stays although git has it")
			}
		})
	}
}

// Another hub of the workspace does not keep the lost one from saving what it held, whether it
// starts before that is noticed or while it is being done.
func TestWhatWasDeletedIsSavedBesideAnotherHub(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	want := pushOne(t, root, "precious")
	if err := os.RemoveAll(bonesdir.At(root).State); err != nil {
		t.Fatal(err)
	}
	second := startHub(t, root)
	within(t, time.Minute, "saved", func() bool { return statusOf(t, h).Saved != "" })
	if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
		t.Error(err)
	}
	stopHub(t, second)
	list, err := hub.Recover(t.Context(), root)
	if err != nil || len(list) != 1 || list[0].Kind != "lost" || list[0].CheckIns[0].UUID != want.UUID {
		t.Errorf("Recover = %+v, %v", list, err)
	}
}

// What cannot be saved is told, is tried again, and is not ended with the hub unasked.
func TestWhatCannotBeSavedYetIsTold(t *testing.T) {
	file := func(home string) error { return os.WriteFile(home, nil, 0o600) }
	link := func(home string) error { return os.Symlink(t.TempDir(), home) }
	for name, c := range map[string]struct {
		obstacle func(home string) error
		lost     func(bonesdir.Dir) string // what is removed
	}{
		"a file in the place": {file, func(d bonesdir.Dir) string { return d.State }},
		"a link in the place": {link, func(d bonesdir.Dir) string { return d.State }},
		"the repository only": {file, bonesdir.Dir.Fossil}, // the hub is still the workspace's own
		"the store only":      {file, bonesdir.Dir.Coord},
	} {
		t.Run(name, func(t *testing.T) {
			root := newWorkspace(t)
			d := bonesdir.At(root)
			home, err := d.LostHome()
			if err != nil {
				t.Fatal(err)
			}
			h := startHub(t, root)
			want := pushOne(t, root, "precious")
			if err := errors.Join(os.MkdirAll(filepath.Dir(home), 0o700), c.obstacle(home), os.RemoveAll(c.lost(d))); err != nil {
				t.Fatal(err)
			}
			within(t, time.Minute, "told", func() bool { return strings.Contains(statusOf(t, h).Unsaved, home) })
			alone(t, h, root, home)
			if err := os.Remove(home); err != nil {
				t.Fatal(err)
			}
			var st hub.Status
			within(t, time.Minute, "saved", func() bool { st = statusOf(t, h); return st.Saved != "" && st.Unsaved == "" })
			if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
				t.Error(err)
			}
			repo, err := fossil.Open(t.Context(), st.Saved, fossil.ReadOnly)
			if err != nil {
				t.Fatal(err)
			}
			defer repo.Close()
			if _, err := repo.Resolve(t.Context(), want.UUID); err != nil {
				t.Error(err)
			}
		})
	}
}

// alone has every polite way to end a hub refused, and the doctor say why.
func alone(t *testing.T, h *hub.Hub, root, why string) {
	t.Helper()
	var unsaved *hub.UnsavedError
	for what, end := range map[string]func() error{
		"stop from outside": func() error { return hub.Stop(root) },
		"stop":              func() error { return h.Shutdown(t.Context()) },
		"restart":           func() error { return h.Shutdown(t.Context(), hub.WithRestart(true)) },
		"restart from outside": func() error {
			_, err := hub.Restart(t.Context(), root, hub.RestartOptions{})
			return err
		},
	} {
		if err := end(); !errors.As(err, &unsaved) {
			t.Fatalf("%s = %v", what, err)
		}
	}
	if !slices.ContainsFunc(checkup.Run(t.Context(), root), func(f findings.Finding) bool { return f.Grade == findings.GradeFail && strings.Contains(f.Text, why) }) {
		t.Error("the doctor does not say so")
	}
}

// A note of the last moment is saved too: nobody was told of it.
func TestNotesOfTheLastMomentAreSaved(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	annotate(t, bonesdir.At(root).Fossil(), "orchestrator")
	if err := os.RemoveAll(bonesdir.At(root).State); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "saved", func() bool { return statusOf(t, h).Saved != "" })
	if path := statusOf(t, h).Saved; !hasNotes(t, path) {
		t.Errorf("%s has no notes", path)
	}
}

// replaceState puts another directory in the place of the state directory.
func replaceState(state string) error {
	if err := os.Rename(state, filepath.Join(filepath.Dir(state), ".moved")); err != nil {
		return err
	}
	return os.Mkdir(state, 0o700)
}

// What git has all of is not saved.
func TestNothingIsSavedOfWhatGitHas(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	if err := os.RemoveAll(bonesdir.At(root).State); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "noticed", func() bool { return statusOf(t, h).Lost != "" })
	if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
		t.Error(err)
	}
	if st := statusOf(t, h); st.Saved != "" {
		t.Errorf("saved as %s", st.Saved)
	}
}
