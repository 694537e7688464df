package fossil_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bones-tui/hub/fossil"
)

// grow makes a random history: files that change, forks, branches and merges.
func grow(t *testing.T, r *fossil.Repo, rnd *rand.Rand, n int) {
	t.Helper()
	for range n {
		known, err := r.Timeline(t.Context(), fossil.TimelineOptions{})
		if err != nil {
			t.Fatal(err)
		}
		content := make([]byte, rnd.IntN(4000))
		for i := range content {
			content[i] = byte(rnd.IntN(256))
		}
		c := fossil.Commit{
			User: "slot-a", Comment: fmt.Sprint("work ", rnd.Int()), AllowEmpty: true,
			Files: []fossil.File{{Name: fmt.Sprint("f", rnd.IntN(9)), Content: content, Perm: fossil.Perm(rnd.IntN(2))}},
		}
		if len(known) > 0 && rnd.IntN(3) == 0 {
			c.Parent = known[rnd.IntN(len(known))].UUID
		}
		if len(known) > 0 && rnd.IntN(4) == 0 {
			c.Branch, c.Parent = fmt.Sprint("b", rnd.IntN(3)), known[0].UUID
		}
		if len(known) > 0 && rnd.IntN(4) == 0 {
			c.Merge = []string{known[rnd.IntN(len(known))].UUID}
		}
		commit(t, r, c)
	}
}

// sameHistory compares every check-in and its tree.
func sameHistory(t *testing.T, path string, r *fossil.Repo) {
	t.Helper()
	c, err := fossil.Open(t.Context(), path, fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	all, err := r.Timeline(t.Context(), fossil.TimelineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, ci := range all {
		got, err := c.Resolve(t.Context(), ci.UUID)
		if got.RID = ci.RID; err != nil || got != ci {
			t.Errorf("check-in %v of the copy, %v, want %v", got, err, ci)
			continue
		}
		if got, want := tree(t, c, ci.UUID), tree(t, r, ci.UUID); !slices.Equal(got, want) {
			t.Errorf("files of %.8s in the copy: %q, want %q", ci.UUID, got, want)
		}
	}
	if _, err := os.Lstat(path + "-wal"); err == nil {
		t.Error("the copy has a log")
	}
}

// TestACopyIsKeptUpToDate takes a copy while a history grows. Its first state is not
// checkpointed: linked without its log it would be empty.
func TestACopyIsKeptUpToDate(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	seed := rand.Uint64()
	t.Log("seed", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	grow(t, r, rnd, 5)
	path := filepath.Join(t.TempDir(), "copy.fossil")
	mark, err := r.CopyTo(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	sameHistory(t, path, r)
	for i := range smaller(10) {
		grow(t, r, rnd, rnd.IntN(6))
		if i == 3 {
			mark = fossil.Mark{} // as one that another process has begun
		}
		if mark, err = r.CopyNews(t.Context(), path, mark); err != nil {
			t.Fatal(err)
		}
		sameHistory(t, path, r)
	}
	checkRebuild(t, p, path)
	expect(t, "test-integrity", p.run("test-integrity", "-R", path), " 0 errors")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if out := p.run("timeline", "-R", r.Path()); out == "" {
		t.Error("no timeline")
	}
}

// Nothing that becomes of the repository later shows in a copy: with a second name of both
// files, a clean close and a next run would have taken the newer check-ins from it.
func TestACopyIsNoSecondName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.fossil")
	r, err := fossil.Create(t.Context(), path, fossil.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	a := commit(t, r, fossil.Commit{Files: files("a=1")})
	twin := path + ".copy"
	if _, err := r.CopyTo(t.Context(), twin); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err = fossil.Open(t.Context(), path, fossil.ReadWrite); err != nil {
		t.Fatal(err)
	}
	commit(t, r, fossil.Commit{Files: files("b=1")})
	if err := errors.Join(r.Checkpoint(t.Context()), r.Close(), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
	c, err := fossil.Open(t.Context(), twin, fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	checkFiles(t, c, a.UUID, "a=1")
}

func TestACopyRefusesAnotherProject(t *testing.T) {
	a, b := newRepo(t), newRepo(t)
	commit(t, a, fossil.Commit{Files: files("a=1")})
	commit(t, b, fossil.Commit{Files: files("b=1")})
	path := filepath.Join(t.TempDir(), "copy.fossil")
	if _, err := a.CopyTo(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if _, err := b.CopyNews(t.Context(), path, fossil.Mark{}); !errors.Is(err, fossil.ErrOtherProject) {
		t.Error(err)
	}
	if _, err := b.CopyTo(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
	sameHistory(t, path, a)
}
