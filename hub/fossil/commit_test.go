package fossil_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
)

// files returns name=content pairs as regular files.
func files(pairs ...string) (list []fossil.File) {
	for _, pair := range pairs {
		name, content, _ := strings.Cut(pair, "=")
		list = append(list, fossil.File{Name: name, Content: []byte(content)})
	}
	return list
}

// tree returns name=content for every file of a revision, with a mark for its mode.
func tree(t *testing.T, r *fossil.Repo, rev string) []string {
	t.Helper()
	list, err := r.Files(t.Context(), rev)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range list {
		content, err := r.ReadFileAt(t.Context(), rev, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Size != int64(len(content)) {
			t.Errorf("%s: size %d, content has %d bytes", f.Name, f.Size, len(content))
		}
		out = append(out, fmt.Sprintf("%s=%s%s", f.Name, content, []string{"", "*", "@"}[f.Perm]))
	}
	return out
}

func checkFiles(t *testing.T, r *fossil.Repo, rev string, want ...string) {
	t.Helper()
	if got := tree(t, r, rev); !slices.Equal(got, want) {
		t.Errorf("files of %.8s: %q, want %q", rev, got, want)
	}
}

func TestChangesKeepTheRestOfTheTree(t *testing.T) {
	r := newRepo(t)
	seed := commit(t, r, fossil.Commit{Replace: true, Files: []fossil.File{
		{Name: "a", Content: []byte("1")},
		{Name: "run", Content: []byte("x"), Perm: fossil.Exec},
		{Name: "sub/link", Content: []byte("../a"), Perm: fossil.Symlink},
		{Name: "z", Content: []byte{}},
	}})
	checkFiles(t, r, seed.UUID, "a=1", "run=x*", "sub/link=../a@", "z=")

	second := commit(t, r, fossil.Commit{Files: []fossil.File{
		{Name: "b", Content: []byte("2")},
		{Name: "run", Content: []byte("y"), KeepPerm: true},
	}})
	checkFiles(t, r, "tip", "a=1", "b=2", "run=y*", "sub/link=../a@", "z=")

	commit(t, r, fossil.Commit{Delete: []string{"a", "not there"}})
	checkFiles(t, r, "trunk", "b=2", "run=y*", "sub/link=../a@", "z=")
	checkFiles(t, r, second.UUID[:12], "a=1", "b=2", "run=y*", "sub/link=../a@", "z=")

	commit(t, r, fossil.Commit{Files: files("only=me"), Replace: true})
	checkFiles(t, r, "trunk", "only=me")
}

func TestBranchesAndMerges(t *testing.T) {
	r := newRepo(t)
	ctx := t.Context()
	seed := commit(t, r, fossil.Commit{Files: files("a=1")})
	feature := commit(t, r, fossil.Commit{Branch: "feature", Parent: seed.UUID, Files: files("f=1")})
	trunk := commit(t, r, fossil.Commit{Files: files("t=1")})
	if feature.Branch != "feature" || trunk.Branch != fossil.Trunk {
		t.Errorf("branches %q and %q, want feature and trunk", feature.Branch, trunk.Branch)
	}
	if tip, err := r.Tip(ctx, "feature"); err != nil || tip.UUID != feature.UUID {
		t.Errorf("tip of feature is %v, %v", tip, err)
	}
	merged := commit(t, r, fossil.Commit{Merge: []string{feature.UUID}, Files: files("f=1"), Comment: "merge"})
	checkFiles(t, r, merged.UUID, "a=1", "f=1", "t=1")
	onFeature := commit(t, r, fossil.Commit{Branch: "feature", Files: files("f=2")})
	if onFeature.Branch != "feature" {
		t.Errorf("child of feature is on %q", onFeature.Branch)
	}
	leaves, err := r.Leaves(ctx)
	if err != nil || len(leaves) != 2 {
		t.Errorf("leaves %v, %v; want two", leaves, err)
	}
	fork := commit(t, r, fossil.Commit{Parent: seed.UUID, Files: files("fork=1")})
	if leaves, err := r.Leaves(ctx); err != nil || len(leaves) != 3 || leaves[0].UUID != fork.UUID {
		t.Errorf("leaves %v, %v; want the fork first of three", leaves, err)
	}
	commit(t, r, fossil.Commit{Parent: fork.UUID, Files: files("fork=2"), Tags: []fossil.Tag{{Name: "closed"}}})
	s, err := r.Stats(ctx)
	if err != nil || s.Leaves != 1 || s.CheckIns != 7 {
		t.Errorf("stats %+v, %v; want one open leaf and 7 check-ins", s, err)
	}
}

func TestCommitRefuses(t *testing.T) {
	r := newRepo(t)
	seed := commit(t, r, fossil.Commit{Files: files("a=1")})
	broken := errors.New("broken disk")
	for name, c := range map[string]struct {
		commit fossil.Commit
		want   error
	}{
		"no change":       {fossil.Commit{Files: files("a=1")}, fossil.ErrNothing},
		"same whole tree": {fossil.Commit{Files: files("a=1"), Replace: true}, fossil.ErrNothing},
		"unknown parent":  {fossil.Commit{Parent: strings.Repeat("0", 40), Files: files("b=1")}, fossil.ErrNotFound},
		"unknown merge":   {fossil.Commit{Merge: []string{strings.Repeat("0", 40)}, Files: files("b=1")}, fossil.ErrNotFound},
		"escaping name":   {fossil.Commit{Files: files("../b=1")}, nil},
		"absolute name":   {fossil.Commit{Files: files("/b=1")}, nil},
		"duplicate name":  {fossil.Commit{Files: files("b=1", "b=2")}, nil},
		"no content":      {fossil.Commit{Files: []fossil.File{{Name: "b"}}}, nil},
		"unreadable file": {fossil.Commit{Files: []fossil.File{{Name: "b", Open: func() (io.ReadCloser, error) { return nil, broken }}}}, broken},
	} {
		_, err := r.Commit(t.Context(), c.commit)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	if tip, err := r.Tip(t.Context(), fossil.Trunk); err != nil || tip.UUID != seed.UUID {
		t.Errorf("tip %v, %v; want the seed unchanged", tip, err)
	}
	if s, err := r.Stats(t.Context()); err != nil || s.Artifacts != 2 {
		t.Errorf("%d artifacts, %v; failed commits must leave none", s.Artifacts, err)
	}
}

func TestCommitReadsFilesFromDisk(t *testing.T) {
	dir := t.TempDir()
	var list []fossil.File
	want := map[string][]byte{}
	for i := range 50 {
		name := fmt.Sprintf("f%02d", i)
		content := bytes.Repeat([]byte{byte(i)}, i*20_000)
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		want[name] = content
		list = append(list, fossil.File{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	r := newRepo(t)
	var steps []int
	commit(t, r, fossil.Commit{Files: list, Replace: true, Progress: func(done, total int) {
		if total != len(list) {
			t.Errorf("progress of %d, want %d", total, len(list))
		}
		steps = append(steps, done)
	}})
	if len(steps) != len(list) || !slices.IsSorted(steps) {
		t.Errorf("progress %v, want 1..%d", steps, len(list))
	}
	for name, content := range want {
		if got, err := r.ReadFileAt(t.Context(), "tip", name); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(content))
		}
	}
	for _, f := range list[:3] {
		files, err := r.Files(t.Context(), "tip")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(files, func(x fossil.FileInfo) bool { return x.Name == f.Name })
		if ok, err := f.Matches(files[i].UUID); err != nil || !ok {
			t.Errorf("%s does not match its own hash: %v", f.Name, err)
		}
	}
}

func TestCommitStopsWithItsContext(t *testing.T) {
	r := newRepo(t)
	ctx, cancel := context.WithCancel(t.Context())
	list := sourceTree(200, 1000)
	_, err := r.Commit(ctx, fossil.Commit{Files: list, Replace: true, Progress: func(done, _ int) {
		if done == 20 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	commit(t, r, fossil.Commit{Files: list, Replace: true}) // nothing is stuck
}

func TestCommitIsNeverOlderThanItsParent(t *testing.T) {
	r := newRepo(t)
	future := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	commit(t, r, fossil.Commit{Files: files("a=1"), Time: future})
	child := commit(t, r, fossil.Commit{Files: files("a=2")})
	if !child.Time.After(future) {
		t.Errorf("child at %v, parent at %v", child.Time, future)
	}
}
