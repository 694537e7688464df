package fossil_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
)

func TestRandomHistoriesOfOursAreRightForFossil(t *testing.T) {
	p := newPeer(t)
	for seed := range seeds(2) {
		r := newRepo(t)
		all := commitAll(t, r, histories(20, 30).Example(seed))
		clone := fmt.Sprintf("clone%d.fossil", seed)
		p.run("clone", serve(t, r), clone)
		for _, m := range all {
			got := p.treeOf(m.uuid, "-R", clone)
			if !maps.Equal(got, m.tree) {
				t.Fatalf("seed %d: fossil has check-in %s as %v, want %v", seed, m.uuid, got, m.tree)
			}
		}
		p.integrity(r)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		checkRebuild(t, p, r.Path())
	}
}

// readTarball returns the files below the directory "x".
func readTarball(tb testing.TB, path string) snapshot {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	files := snapshot{}
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			tb.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			tb.Fatal(err)
		}
		name := strings.TrimPrefix(h.Name, "x/")
		switch {
		case h.Typeflag == tar.TypeSymlink:
			files[name] = entry{fossil.Symlink, h.Linkname}
		case h.Typeflag == tar.TypeReg && h.Mode&0o100 != 0:
			files[name] = entry{fossil.Exec, string(content)}
		case h.Typeflag == tar.TypeReg:
			files[name] = entry{fossil.Regular, string(content)}
		}
	}
}

func TestRandomHistoriesOfFossilAreRightForUs(t *testing.T) {
	p := newPeer(t)
	for seed := range seeds(2) {
		r, url, _ := seededHub(t, 0)
		a := p.loginTo(url, fmt.Sprint("work", seed), "dev1", "secret")
		a.run("settings", "allow-symlinks", "on")
		root, err := r.Tip(context.Background(), fossil.Trunk)
		if err != nil {
			t.Fatal(err)
		}
		all := []made{{root.UUID, fossil.Trunk, snapshot{}}}
		for i, s := range histories(12, 20).Example(seed) {
			all = append(all, a.commitStep(all, s, fmt.Sprint("step ", i)))
		}
		a.run("sync")
		checkTrees(t, r, all)
		c := cloneOf(t, fossil.NewHTTPTransport(url), fossil.CloneOptions{})
		checkTrees(t, c, all)
		p.integrity(r)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		checkRebuild(t, p, r.Path())
	}
}

// commitStep makes one check-in with fossil in the check-out p.dir.
func (p *peer) commitStep(all []made, s step, comment string) made {
	p.tb.Helper()
	base := choose(all, s.on)
	p.run("update", base.uuid)
	if other := choose(all, s.merge); s.merge >= 0 && other.uuid != base.uuid {
		p.run("merge", "--force", other.uuid)
	}
	result, renamed := s.apply(base.tree)
	for old, name := range renamed {
		if _, err := os.Lstat(filepath.Join(p.dir, old)); err == nil {
			_, _ = p.try("mv", "--hard", "--", old, name) // a merge may have moved it already
		}
	}
	p.lay(result)
	p.run("addremove", "--dotfiles")
	args := []string{"commit", "--no-warnings", "--allow-fork", "--allow-empty", "--allow-conflict", "-m", comment}
	branch := base.branch
	if s.branch != "" {
		branch = s.branch
		args = append(args, "--branch", branch)
	}
	p.run(args...)
	_, after, _ := strings.Cut(p.run("info"), "checkout:")
	uuid := p.fullHash(strings.Fields(after)[0])
	return made{uuid, branch, p.treeOf(uuid)}
}

// treeOf returns a check-in as fossil sees it.
func (p *peer) treeOf(uuid string, repo ...string) snapshot {
	p.tb.Helper()
	out := filepath.Join(p.home, "out.tar.gz")
	p.run(append([]string{"tarball", uuid, out, "--name", "x"}, repo...)...)
	return readTarball(p.tb, out)
}

// fullHash returns the whole hash for a prefix.
func (p *peer) fullHash(prefix string) string {
	p.tb.Helper()
	for _, word := range strings.Fields(p.run("whatis", prefix)) {
		if strings.HasPrefix(word, prefix) {
			return word
		}
	}
	p.tb.Fatalf("no hash for %s", prefix)
	return ""
}

// lay makes the check-out hold exactly these files.
func (p *peer) lay(files snapshot) {
	p.tb.Helper()
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		p.tb.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".fslckout") {
			if err := os.RemoveAll(filepath.Join(p.dir, e.Name())); err != nil {
				p.tb.Fatal(err)
			}
		}
	}
	for name, e := range files {
		path := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			p.tb.Fatal(err)
		}
		if e.perm == fossil.Symlink {
			err = os.Symlink(e.content, path)
		} else {
			err = os.WriteFile(path, []byte(e.content), map[fossil.Perm]os.FileMode{fossil.Regular: 0o644, fossil.Exec: 0o755}[e.perm])
		}
		if err != nil {
			p.tb.Fatal(err)
		}
	}
}

// seeds returns how many histories to try with fossil: what the environment
// asks for, or n, or one under the race detector.
func seeds(n int) int {
	if more, err := strconv.Atoi(os.Getenv("HISTORIES")); err == nil {
		return more
	}
	return max(smaller(n), 1)
}
