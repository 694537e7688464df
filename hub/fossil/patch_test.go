package fossil_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"bones-tui/hub/fossil"
)

// onDisk writes the tree of a check-in into a new git repository.
func onDisk(t *testing.T, r *fossil.Repo, rev string) string {
	t.Helper()
	dir := t.TempDir()
	list, err := r.Files(t.Context(), rev)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		content, err := r.ReadFileAt(t.Context(), rev, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if f.Perm == fossil.Symlink {
			err = os.Symlink(string(content), path)
		} else {
			err = os.WriteFile(path, content, map[fossil.Perm]os.FileMode{fossil.Regular: 0o644, fossil.Exec: 0o755}[f.Perm])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q")
	return dir
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// listed returns path, mode and content of everything below dir.
func listed(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			if info != nil && info.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		content, link := []byte(nil), ""
		if info.Mode()&os.ModeSymlink != 0 {
			link, err = os.Readlink(path)
		} else {
			content, err = os.ReadFile(path)
		}
		rel, _ := filepath.Rel(dir, path)
		all = append(all, fmt.Sprintf("%s %t %q %x", rel, info.Mode()&0o100 != 0, link, content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestGitAppliesAPatch makes random trees of another, and has git do the same with the patch.
func TestGitAppliesAPatch(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	names := []string{"a", "dir/na me", "dir/grüße.txt", "q\"uote", "tab\tname", "z/y/x", "run.sh", "link"}
	content := func() []byte {
		switch rnd.IntN(6) {
		case 0:
			return []byte{}
		case 1:
			b := make([]byte, rnd.IntN(3000))
			for i := range b {
				b[i] = byte(rnd.IntN(256))
			}
			return b
		case 2:
			return bytes.Repeat([]byte("long line\n"), 120_000)
		}
		var b bytes.Buffer
		for range rnd.IntN(60) {
			fmt.Fprintf(&b, "line %d\r\n"[:8+rnd.IntN(2)], rnd.IntN(7))
		}
		return append([]byte{}, b.Bytes()...)
	}
	tree := func() (list []fossil.File) {
		for _, name := range names {
			f := fossil.File{Name: name, Content: content(), Perm: fossil.Perm(rnd.IntN(2))}
			if rnd.IntN(4) == 0 {
				f.Perm, f.Content = fossil.Symlink, fmt.Append(nil, "to/", rnd.IntN(3))
			}
			if rnd.IntN(3) > 0 && fossil.CheckName(name) == nil {
				list = append(list, f)
			}
		}
		return append(list, fossil.File{Name: "always", Content: fmt.Append(nil, rnd.Int())})
	}
	for range smaller(6) {
		r := newRepo(t)
		a := commit(t, r, fossil.Commit{Files: tree(), Replace: true})
		b := commit(t, r, fossil.Commit{Files: tree(), Replace: true})
		var patch bytes.Buffer
		n, err := r.WritePatch(t.Context(), &patch, a.UUID, b.UUID)
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		dir := onDisk(t, r, a.UUID)
		file := filepath.Join(t.TempDir(), "p.patch")
		if err := os.WriteFile(file, patch.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		git(t, dir, "apply", "--whitespace=nowarn", file)
		if got, want := listed(t, dir), listed(t, onDisk(t, r, b.UUID)); !slices.Equal(got, want) {
			t.Fatalf("git makes %.2000q of it, want %.2000q\n%.3000s", got, want, patch.Bytes())
		}
		git(t, dir, "apply", "--whitespace=nowarn", "-R", file)
		if got, want := listed(t, dir), listed(t, onDisk(t, r, a.UUID)); !slices.Equal(got, want) {
			t.Fatalf("back again it is %.2000q, want %.2000q", got, want)
		}
	}
}
