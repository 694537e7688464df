package fossil_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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
		"edited, longer":        {func(co *peer) { co.write("a", "12") }, false},
		"deleted":               {func(co *peer) { os.Remove(filepath.Join(co.dir, "a")) }, false},
		"extra file":            {func(co *peer) { co.write("sub/new", "") }, false},
		"added":                 {func(co *peer) { co.write("new", ""); co.run("add", "new"); os.Remove(filepath.Join(co.dir, "new")) }, false},
		"removed":               {func(co *peer) { co.run("rm", "--soft", "a") }, false},
		"renamed":               {func(co *peer) { co.run("mv", "--hard", "a", "c") }, false},
		"removed, then written": {func(co *peer) { co.run("rm", "--hard", "a"); co.write("a", "2") }, false},
		"stashed":               {func(co *peer) { co.write("a", "22"); co.run("stash", "save", "-m", "later") }, false},
		"stashed and dropped": {func(co *peer) {
			co.write("a", "22")
			co.run("stash", "save", "-m", "later")
			co.run("stash", "drop", "1")
		}, true},
		"a name like the state's":       {func(co *peer) { co.write(".fslckout-notes", "x") }, false},
		"the state's name further down": {func(co *peer) { co.write("sub/.fslckout", "x") }, false},
		"a directory like the state":    {func(co *peer) { co.write("_FOSSIL_dir/f", "x") }, false},
		"the state's own files": {func(co *peer) {
			for _, name := range []string{"-journal", "-wal", "-shm"} {
				co.write(".fslckout"+name, "")
			}
		}, true},
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
			if clean, err := fossil.CleanCheckout(t.Context(), co.dir, filepath.Join(p.dir, "x.fossil")); err != nil || clean != c.want {
				t.Errorf("clean is %v, %v; want %v", clean, err, c.want)
			}
		})
	}
	if _, err := fossil.CleanCheckout(t.Context(), t.TempDir(), filepath.Join(p.dir, "x.fossil")); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("no check-out: %v, want ErrNotFound", err)
	}
}

// A check-out names its repository by a path. Whoever has made it must not choose what is
// opened, nor what its files are compared with.
func TestCheckoutOfAnotherRepository(t *testing.T) {
	p := newPeer(t)
	ours, theirs := newRepo(t), newRepo(t)
	commit(t, ours, fossil.Commit{Replace: true, Files: files("a=1", "b=2")})
	commit(t, theirs, fossil.Commit{Replace: true, Files: files("a=3", "b=4")})
	p.run("clone", serve(t, ours), "ours.fossil")
	p.run("clone", serve(t, theirs), "theirs.fossil")
	p.run("open", filepath.Join(p.dir, "theirs.fossil"), "--workdir", "co")
	dir, repo := p.in("co").dir, filepath.Join(p.dir, "ours.fossil")
	if clean, err := fossil.CleanCheckout(t.Context(), dir, repo); !errors.Is(err, fossil.ErrForeign) || clean {
		t.Errorf("clean is %v, %v", clean, err)
	}
	if w, err := fossil.ReadWorktree(t.Context(), dir, repo, 10); !errors.Is(err, fossil.ErrForeign) {
		t.Errorf("%+v, %v", w, err)
	}
	moved := filepath.Join(p.dir, "moved.fossil") // the check-out still names the old path
	if err := os.Rename(filepath.Join(p.dir, "theirs.fossil"), moved); err != nil {
		t.Fatal(err)
	}
	if clean, err := fossil.CleanCheckout(t.Context(), dir, moved); err != nil || !clean {
		t.Errorf("of a workspace that was moved: %v, %v", clean, err)
	}
}

// What a check-out or its repository says of itself runs nothing, and is not taken for a
// reason to read without end.
func TestCheckoutsOfStrangers(t *testing.T) {
	p := newPeer(t)
	ours := newRepo(t)
	commit(t, ours, fossil.Commit{Replace: true, Files: files("a=1", "b=2")})
	p.run("clone", serve(t, ours), "x.fossil")
	for name, c := range map[string]struct {
		sql      string // of the check-out's own database
		repo     string // of the repository's
		arm      func(co *peer)
		wantErr  error
		wantEdit string
	}{
		"a computed name": {
			sql:     "ALTER TABLE vfile RENAME COLUMN pathname TO x; ALTER TABLE vfile ADD COLUMN pathname AS (hex(zeroblob(100000000)));",
			wantErr: fossil.ErrNotRepository,
		},
		"an endless column of the repository": {
			repo:    "ALTER TABLE blob ADD COLUMN x AS ('x'||instr(hex(zeroblob(20000000)),hex(zeroblob(10000000))||'1'));",
			wantErr: fossil.ErrNotRepository,
		},
		"a file of 20 GB": {
			repo: "UPDATE blob SET size=21474836480 WHERE rid=(SELECT mlink.fid FROM mlink JOIN filename USING(fnid) WHERE name='a')",
			arm: func(co *peer) {
				if err := os.Truncate(filepath.Join(co.dir, "a"), 20<<30); err != nil {
					co.tb.Fatal(err)
				}
			},
			wantEdit: "a",
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := *p
			q.tb, q.dir = t, t.TempDir()
			repo := filepath.Join(q.dir, "x.fossil")
			q.run("clone", filepath.Join(p.dir, "x.fossil"), "x.fossil")
			q.run("open", repo, "--workdir", "co")
			co := q.in("co")
			if c.sql != "" {
				q.run("sql", "-R", repo, "ATTACH '"+filepath.Join(co.dir, ".fslckout")+"' AS co; "+strings.ReplaceAll(c.sql, "TABLE vfile", "TABLE co.vfile"))
			}
			if c.repo != "" {
				q.run("sql", "-R", repo, c.repo)
			}
			if c.arm != nil {
				c.arm(co)
			}
			w, err := fossil.ReadWorktree(t.Context(), co.dir, repo, 10)
			if !errors.Is(err, c.wantErr) || (err == nil) != (c.wantErr == nil) {
				t.Errorf("%v, want %v", err, c.wantErr)
			}
			if c.wantEdit != "" && (len(w.Edits) != 1 || w.Edits[0].Name != c.wantEdit) {
				t.Errorf("%+v", w)
			}
			if clean, _ := fossil.CleanCheckout(t.Context(), co.dir, repo); clean {
				t.Error("it is called clean")
			}
		})
	}
}
