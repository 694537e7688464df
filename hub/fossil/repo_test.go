package fossil_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/sqlite"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		run := commitForever
		if slices.Contains(os.Args, "seed") {
			run = seedSlowly
		}
		fmt.Fprintln(os.Stderr, run(path))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// newRepo creates a repository that is closed at the end of the test.
func newRepo(tb testing.TB) *fossil.Repo {
	tb.Helper()
	r, err := fossil.Create(context.Background(), filepath.Join(tb.TempDir(), "hub.fossil"), fossil.CreateOptions{ProjectName: "demo"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

// smaller returns n, or a tenth of it under the race detector.
func smaller(n int) int {
	if raceOn {
		return n / 10
	}
	return n
}

// execSQL runs SQL on the file as another program would.
func execSQL(t *testing.T, path, sql string, args ...any) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Write(t.Context(), func(c *sqlite.Conn) error { return c.Exec(sql, args...) }); err != nil {
		t.Fatal(err)
	}
}

// readSQL runs fn on the file without writing to it.
func readSQL(tb testing.TB, path string, fn func(*sqlite.Conn) error) {
	tb.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if err := db.Read(ctx, fn); err != nil {
		tb.Fatal(err)
	}
}

// sourceTree makes n files of program-like text with an average size.
func sourceTree(n, size int) []fossil.File {
	rng := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("func return if err nil context string for range type struct interface package import map chan select case default")
	files := make([]fossil.File, n)
	for i := range files {
		var b bytes.Buffer
		for want := size/2 + rng.IntN(size); b.Len() < want; {
			fmt.Fprintf(&b, "\t%s %s(%d) %x\n", words[rng.IntN(len(words))], words[rng.IntN(len(words))], rng.IntN(1000), rng.Uint32())
		}
		files[i] = fossil.File{Name: fmt.Sprintf("dir%02d/pkg%d/file%05d.go", i%40, i%7, i), Content: b.Bytes()}
	}
	return files
}

// commit makes a check-in or fails.
func commit(tb testing.TB, r *fossil.Repo, c fossil.Commit) fossil.CheckIn {
	tb.Helper()
	ci, err := r.Commit(context.Background(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return ci
}

// serve answers HTTP for the repository and returns its URL.
func serve(tb testing.TB, r *fossil.Repo) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	srv := fossil.NewServer(r.Handler(fossil.HandlerOptions{
		Hosts:     []string{l.Addr().String()},
		OnFailure: ours(tb),
	}))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.Serve(l); err != http.ErrServerClosed {
			tb.Errorf("serve: %v", err)
		}
	}()
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			tb.Errorf("shutdown: %v", err)
		}
		<-done
	})
	r.SetReady(true)
	return "http://" + l.Addr().String() + "/"
}

func TestCloneOfSeedHasEveryFile(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	files := sourceTree(smaller(3000), 3000)
	files = append(files,
		fossil.File{Name: "empty", Content: []byte{}},
		fossil.File{Name: "na me/grüße ☃.txt", Content: []byte("hi\n")},
		fossil.File{Name: "run.sh", Perm: fossil.Exec, Content: []byte("#!/bin/sh\n")},
		fossil.File{Name: "link", Perm: fossil.Symlink, Content: []byte("run.sh")},
	)
	start := time.Now()
	seed := commit(t, r, fossil.Commit{Comment: "session base: abc", Files: files, Replace: true})
	t.Logf("seed %v", time.Since(start))
	url := serve(t, r)

	start = time.Now()
	out := p.run("clone", url, "x.fossil")
	t.Logf("clone %v", time.Since(start))
	if !strings.Contains(out, r.ProjectCode()) {
		t.Errorf("clone does not show project code %s:\n%s", r.ProjectCode(), out)
	}
	p.run("open", "x.fossil", "--workdir", "co")
	checkTree(t, filepath.Join(p.dir, "co"), files)
	if out := p.run("info", "trunk", "-R", "x.fossil"); !strings.Contains(out, seed.UUID) {
		t.Errorf("trunk of the clone is not the seed %s:\n%s", seed.UUID, out)
	}
}

// checkTree compares a directory with files.
func checkTree(t *testing.T, dir string, files []fossil.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		info, err := os.Lstat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		var got []byte
		if f.Perm == fossil.Symlink && info.Mode()&os.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			if err != nil {
				t.Fatal(err)
			}
			got = []byte(target)
		} else if got, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, f.Content) {
			t.Errorf("%s differs: %d bytes, want %d", f.Name, len(got), len(f.Content))
		}
		if f.Perm != fossil.Symlink && (info.Mode()&0o100 != 0) != (f.Perm == fossil.Exec) {
			t.Errorf("%s has mode %v, want exec %v", f.Name, info.Mode(), f.Perm == fossil.Exec)
		}
	}
}

// ours takes failures, of which none should be the server's own.
func ours(tb testing.TB) func(fossil.Failure) {
	tb.Helper()
	return func(f fossil.Failure) {
		if f.Cause.Ours() && f.Cause != fossil.CauseClosed {
			tb.Errorf("server: %+v", f)
		}
	}
}
