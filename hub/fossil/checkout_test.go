package fossil_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub/fossil"
)

func TestCleanCheckout(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	commit(t, r, fossil.Commit{Replace: true, Files: append(files("a=1", "sub/b=2", "empty="),
		fossil.File{Name: "link", Perm: fossil.Symlink, Content: []byte("a")})})
	p.run("clone", serve(t, r), "x.fossil")
	for name, c := range map[string]struct {
		change func(co *peer)
		want   bool
	}{
		"untouched":       {func(*peer) {}, true},
		"empty directory": {func(co *peer) { os.Mkdir(filepath.Join(co.dir, "d"), 0o755) }, true},
		"edited":          {func(co *peer) { co.write("a", "2") }, false},
		"edited, its time set back": {func(co *peer) {
			path := filepath.Join(co.dir, "a")
			info, _ := os.Stat(path)
			co.write("a", "2")
			os.Chtimes(path, info.ModTime(), info.ModTime())
		}, false},
		"edited, longer": {func(co *peer) { co.write("a", "12") }, false},
		"deleted":        {func(co *peer) { os.Remove(filepath.Join(co.dir, "a")) }, false},
		"extra file":     {func(co *peer) { co.write("sub/new", "") }, false},
		"added":          {func(co *peer) { co.write("new", ""); co.run("add", "new"); os.Remove(filepath.Join(co.dir, "new")) }, false},
		"removed":        {func(co *peer) { co.run("rm", "--soft", "a") }, false},
		"renamed":        {func(co *peer) { co.run("mv", "--hard", "a", "c") }, false},
		"committed": {func(co *peer) {
			co.write("a", "three")
			co.run("commit", "--no-warnings", "-m", "three", "--allow-fork")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			q := *p
			q.tb, q.dir = t, t.TempDir()
			q.run("open", filepath.Join(p.dir, "x.fossil"), "--workdir", "co")
			co := q.in("co")
			c.change(co)
			if clean, err := fossil.CleanCheckout(t.Context(), co.dir); err != nil || clean != c.want {
				t.Errorf("clean is %v, %v; want %v", clean, err, c.want)
			}
		})
	}
	if _, err := fossil.CleanCheckout(t.Context(), t.TempDir()); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("no check-out: %v, want ErrNotFound", err)
	}
}
