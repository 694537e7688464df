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
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/reference"
)

// strangersState is a workspace whose state directory is no hub of ours's.
func strangersState(t *testing.T) (root, project string) {
	t.Helper()
	root = newWorkspace(t)
	d := bonesdir.At(root)
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	return root, replaceRepository(t, d)
}

// replaceRepository puts a repository that no hub has made into the place of the hub's.
func replaceRepository(t *testing.T, d bonesdir.Dir) (project string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(d.Fossil() + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	r, err := fossil.Create(t.Context(), d.Fossil(), fossil.CreateOptions{ProjectName: "strange"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return r.ProjectCode()
}

// refusesFound starts a hub, which must refuse and change nothing but its log.
func refusesFound(t *testing.T, root string) {
	t.Helper()
	before := readFile(t, bonesdir.At(root).Fossil())
	err := runToTheEnd(t, root)
	if !errors.Is(err, hub.ErrFound) || !strings.Contains(err.Error(), "--trust-state") {
		t.Errorf("Run = %v", err)
	}
	if readFile(t, bonesdir.At(root).Fossil()) != before {
		t.Error("the repository has changed")
	}
}

func TestFoundStateIsNotUsedUnasked(t *testing.T) {
	root, project := strangersState(t)
	f, ok := hub.FoundState(root)
	if !ok || f.Repository == 0 || f.Changed.IsZero() {
		t.Errorf("FoundState = %+v, %t", f, ok)
	}
	refusesFound(t, root)
	if left, err := os.ReadDir(bonesdir.At(root).State); err != nil || len(left) != 2 { // with .gitignore
		t.Errorf("there are %v, %v", left, err)
	}
	h := startHub(t, root, hub.WithTrustState(true))
	stopHub(t, h)
	if _, ok := hub.FoundState(root); ok {
		t.Error("it is still strange")
	}
	stopHub(t, startHub(t, root)) // for it is known now
	r, err := fossil.Open(t.Context(), bonesdir.At(root).Fossil(), fossil.ReadOnly)
	if err != nil || r.ProjectCode() != project {
		t.Fatalf("another repository: %v", err)
	}
	_ = r.Close()
}

// A repository that is taken over need not be one that a hub has seeded.
func TestATrunkWithoutABaseIsKept(t *testing.T) {
	root, _ := strangersState(t)
	r, err := fossil.Open(t.Context(), bonesdir.At(root).Fossil(), fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	tip, err := r.Commit(t.Context(), fossil.Commit{
		Branch: fossil.Trunk, User: "somebody", Comment: "theirs", Time: time.Now(), Files: []fossil.File{{Name: "theirs.txt", Content: []byte("x")}},
	})
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	h := startHub(t, root, hub.WithTrustState(true))
	if st := statusOf(t, h); st.Fossil.Tip == nil || st.Fossil.Tip.UUID != tip.UUID {
		t.Errorf("the tip is %+v", st.Fossil.Tip)
	}
}

func TestAStrangersStoreIsFoundToo(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	write(t, d.Coord(), "jetstream/$G/streams/KV_evil/meta.inf", "{}", 0o600)
	if f, ok := hub.FoundState(root); !ok || len(f.Streams) != 1 {
		t.Errorf("FoundState = %+v, %t", f, ok)
	}
	if err := runToTheEnd(t, root); !errors.Is(err, hub.ErrFound) || !strings.Contains(err.Error(), "KV_evil") {
		t.Errorf("Run = %v", err)
	}
}

// A slot's clone and check-out are databases that a start would read.
func TestAStrangersSlotsAreFoundToo(t *testing.T) {
	for _, file := range []string{"leaf.fossil", "wt/.fslckout", "wt/_FOSSIL_"} {
		root := newWorkspace(t)
		write(t, bonesdir.At(root).Swarm(), "evil/"+file, "x", 0o600)
		if f, ok := hub.FoundState(root); !ok || !slices.Equal(f.Slots, []string{"evil"}) || f.Changed.IsZero() {
			t.Errorf("%s: FoundState = %+v, %t", file, f, ok)
		}
		if err := runToTheEnd(t, root); !errors.Is(err, hub.ErrFound) || !strings.Contains(err.Error(), "1 slot (evil)") {
			t.Errorf("%s: Run = %v", file, err)
		}
	}
}

// A repository that takes the place of the hub's own between two runs is found as well, and
// so is a forged, an old or another user's word.
func TestWhatIsSignedIsTheRepository(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	stopHub(t, startHub(t, root))
	signed := readFile(t, d.OriginFile())
	replaceRepository(t, d)
	if err := runToTheEnd(t, root); !errors.Is(err, hub.ErrFound) {
		t.Errorf("Run = %v", err)
	}

	for name, text := range map[string]string{
		"none": "", "half": signed[:len(signed)/2], "other projects": strings.Replace(signed, `["`, `["x`, 1), "null": "null", "array": "[]",
	} {
		t.Run(name, func(t *testing.T) {
			write(t, d.State, filepath.Base(d.OriginFile()), text, 0o600)
			if _, ok := hub.FoundState(root); !ok {
				t.Error("it is believed")
			}
		})
	}
	t.Run("another user's", func(t *testing.T) {
		write(t, d.State, filepath.Base(d.OriginFile()), signed, 0o600)
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		if _, ok := hub.FoundState(root); !ok {
			t.Error("it is believed")
		}
	})
}

// What hubs of ours and of the bones CLI have made is used without a question: a copy, a
// moved workspace, a reseeded one, one that the other program has started over.
func TestOwnStateIsUsedUnasked(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	if _, err := hub.Reseed(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	stopHub(t, startHub(t, root))
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(root, moved); err != nil {
		t.Fatal(err)
	}
	stopHub(t, startHub(t, moved))

	write(t, moved, ".git/hooks/pre-commit", "#!/bin/sh\n[ ! -f .bones/leaf.pid ]\n", 0o755) // as the bones CLI installs it
	p, err := reference.Start(t.Context(), moved, reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := reference.Stop(moved); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	stopHub(t, startHub(t, moved))
}
