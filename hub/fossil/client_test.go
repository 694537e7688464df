package fossil_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

// direct returns a transport that calls the hub without a network.
func direct(r *fossil.Repo) fossil.Transport {
	return fossil.NewRequestTransport(func(ctx context.Context, msg []byte) ([]byte, error) {
		return r.HandleSync(ctx, msg, fossil.Peer{})
	})
}

// cloneOf clones a hub into a new file.
func cloneOf(tb testing.TB, t fossil.Transport, o fossil.CloneOptions) *fossil.Repo {
	tb.Helper()
	c, err := fossil.Clone(context.Background(), filepath.Join(tb.TempDir(), "clone.fossil"), t, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// addUser gives the hub an account.
func addUser(tb testing.TB, r *fossil.Repo, login, caps, password string) fossil.SyncOptions {
	tb.Helper()
	if err := r.CreateUser(context.Background(), fossil.User{Login: login, Caps: caps}, password); err != nil {
		tb.Fatal(err)
	}
	return fossil.SyncOptions{Login: fossil.Login{User: login, Password: password}}
}

// sameRepo fails unless both hold the same artifacts and say the same of them.
func sameRepo(tb testing.TB, a, b *fossil.Repo) {
	tb.Helper()
	ctx := context.Background()
	for _, r := range []*fossil.Repo{a, b} {
		if err := r.Checkpoint(ctx); err != nil {
			tb.Fatal(err)
		}
	}
	got, want := dump(tb, b.Path()), dump(tb, a.Path())
	for _, table := range []string{"plink", "mlink", "event", "tagxref", "leaf", "phantom", "orphan"} {
		if !slices.Equal(got[table], want[table]) {
			tb.Errorf("%s differs:\n%s\nwant\n%s", table, strings.Join(got[table], "\n"), strings.Join(want[table], "\n"))
		}
	}
}

func TestCloneIsTheSameRepository(t *testing.T) {
	t.Parallel()
	hub := newRepo(t)
	files := sourceTree(smaller(300), 3000)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: files, Replace: true})
	commit(t, hub, fossil.Commit{Comment: "on a branch", Branch: "side", Parent: "", Files: []fossil.File{{Name: "side", Content: []byte("s")}}})
	for name, transport := range map[string]fossil.Transport{"request": direct(hub), "http": fossil.NewHTTPTransport(serve(t, hub))} {
		t.Run(name, func(t *testing.T) {
			c := cloneOf(t, transport, fossil.CloneOptions{})
			if c.ProjectCode() != hub.ProjectCode() || c.ProjectName() != hub.ProjectName() {
				t.Errorf("project %s %q, want %s %q", c.ProjectCode(), c.ProjectName(), hub.ProjectCode(), hub.ProjectName())
			}
			sameRepo(t, hub, c)
		})
	}
}

func TestPushAndPullCarryWorkBetweenClones(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	hub := newRepo(t)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: sourceTree(20, 500), Replace: true})
	as := addUser(t, hub, "slot-a", "oih", "")
	a := cloneOf(t, direct(hub), fossil.CloneOptions{Login: as.Login})
	b := cloneOf(t, direct(hub), fossil.CloneOptions{})
	for i := range 5 {
		ci := commit(t, a, fossil.Commit{Comment: fmt.Sprint("work ", i), User: "slot-a", Files: []fossil.File{{Name: fmt.Sprint("f", i), Content: fmt.Append(nil, i)}}})
		sent, err := a.Push(ctx, direct(hub), as)
		if err != nil || sent.Sent != 2 || sent.Rounds > 2 {
			t.Fatalf("push %d: %+v, %v", i, sent, err)
		}
		got, err := b.Pull(ctx, direct(hub), fossil.SyncOptions{})
		if err != nil || got.Received != 2 || got.Rounds > 3 {
			t.Fatalf("pull %d: %+v, %v", i, got, err)
		}
		if tip, err := b.Tip(ctx, fossil.Trunk); err != nil || tip.UUID != ci.UUID {
			t.Errorf("tip = %+v, %v, want %s", tip, err, ci.UUID)
		}
	}
	sameRepo(t, a, b)
	for _, idle := range []func() (fossil.SyncStats, error){
		func() (fossil.SyncStats, error) { return a.Push(ctx, direct(hub), as) },
		func() (fossil.SyncStats, error) { return b.Pull(ctx, direct(hub), fossil.SyncOptions{}) },
	} {
		if s, err := idle(); err != nil || s.Rounds != 1 || s.Sent+s.Received != 0 {
			t.Errorf("nothing to do took %+v, %v", s, err)
		}
	}
}

func TestPushOfThousandsUsesClusters(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	hub := newRepo(t)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: sourceTree(1, 100), Replace: true})
	as := addUser(t, hub, "dev", "oih", "pw")
	a := cloneOf(t, direct(hub), fossil.CloneOptions{})
	commit(t, a, fossil.Commit{Comment: "much", Files: sourceTree(smaller(2000), 300)})
	s, err := a.Push(ctx, direct(hub), as)
	if err != nil || s.Sent <= smaller(2000) {
		t.Fatalf("push: %+v, %v", s, err)
	}
	t.Logf("%+v", s)
	sameRepo(t, a, hub)
	sameRepo(t, hub, cloneOf(t, direct(hub), fossil.CloneOptions{}))
}

func TestRefusalsAreRemoteErrors(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	hub, other := newRepo(t), newRepo(t)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: sourceTree(1, 100), Replace: true})
	commit(t, other, fossil.Commit{Comment: "seed", Files: sourceTree(1, 100), Replace: true})
	as := addUser(t, hub, "dev", "oih", "pw")
	bad := fossil.SyncOptions{Login: fossil.Login{User: "dev", Password: "no"}}
	reader := addUser(t, hub, "looker", "o", "pw")
	c := cloneOf(t, direct(hub), fossil.CloneOptions{})
	commit(t, c, fossil.Commit{Comment: "mine", Files: sourceTree(2, 100)})
	if err := hub.SetCaps(ctx, "nobody", "go"); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		do   func() (fossil.SyncStats, error)
		want string
	}{
		"wrong password on push": {func() (fossil.SyncStats, error) { return c.Push(ctx, direct(hub), bad) }, "login failed"},
		"wrong password on pull": {func() (fossil.SyncStats, error) { return c.Pull(ctx, direct(hub), bad) }, "login failed"},
		"no right to write":      {func() (fossil.SyncStats, error) { return c.Push(ctx, direct(hub), reader) }, "not authorized to write"},
		"wrong project on push":  {func() (fossil.SyncStats, error) { return other.Push(ctx, direct(hub), fossil.SyncOptions{}) }, "wrong project"},
		"wrong project on pull":  {func() (fossil.SyncStats, error) { return other.Pull(ctx, direct(hub), fossil.SyncOptions{}) }, "wrong project"},
	} {
		_, err := try.do()
		var remote *fossil.RemoteError
		if !errors.As(err, &remote) || remote.Text != try.want || !errors.Is(err, fossil.ErrRefused) {
			t.Errorf("%s: %v, want %q", name, err, try.want)
		}
	}
	if _, err := c.Push(ctx, direct(hub), as); err != nil {
		t.Errorf("right password: %v", err)
	}
}

func TestCloneNeedsTheRightToClone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	hub := newRepo(t)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: sourceTree(3, 100), Replace: true})
	as := addUser(t, hub, "dev", "goih", "pw")
	if err := hub.SetCaps(ctx, "nobody", ""); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.fossil")
	for _, login := range []fossil.Login{{}, {User: "dev", Password: "no"}, {User: "nobody"}} {
		if r, err := fossil.Clone(ctx, path, direct(hub), fossil.CloneOptions{Login: login}); !errors.Is(err, fossil.ErrRefused) {
			t.Errorf("%+v: %v, %v, want ErrRefused", login, r, err)
		}
	}
	if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	sameRepo(t, hub, cloneOf(t, direct(hub), fossil.CloneOptions{Login: as.Login}))
}

func TestFailedCloneLeavesNoFile(t *testing.T) {
	t.Parallel()
	hub := newRepo(t)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: sourceTree(50, 1000), Replace: true})
	broken := errors.New("line is cut")
	for cut := range 2 {
		var round int
		transport := fossil.NewRequestTransport(func(ctx context.Context, msg []byte) ([]byte, error) {
			if round++; round > cut {
				return nil, broken
			}
			return hub.HandleSync(ctx, msg, fossil.Peer{})
		})
		dir := t.TempDir()
		if r, err := fossil.Clone(context.Background(), filepath.Join(dir, "x"), transport, fossil.CloneOptions{}); !errors.Is(err, broken) {
			t.Errorf("cut after %d: %v, %v", cut, r, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("cut after %d: left behind %v", cut, left)
		}
	}
}

func TestCloneDoesNotReplaceAFile(t *testing.T) {
	t.Parallel()
	hub := newRepo(t)
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := fossil.Clone(context.Background(), path, direct(hub), fossil.CloneOptions{}); !errors.Is(err, os.ErrExist) {
		t.Errorf("%v, %v, want ErrExist", r, err)
	}
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Errorf("file is now %q", b)
	}
}

// TestHostileServersAreRefused lets servers lie in the ways that could hurt.
func TestHostileServersAreRefused(t *testing.T) {
	t.Parallel()
	const code = "a9993e364706816aba3e25717850c26c9cd0d89d"
	name := blob.SHA1([]byte("true"))
	for what, lie := range map[string]func(*xfer.Writer){
		"other content": func(w *xfer.Writer) { w.File(xfer.File{UUID: name, Content: []byte("false")}) },
		"other compressed": func(w *xfer.Writer) {
			w.CFile(xfer.CFile{UUID: name, Size: 5, Framed: blob.Compress(nil, []byte("false"))})
		},
		"not compressed": func(w *xfer.Writer) { w.CFile(xfer.CFile{UUID: name, Size: 4, Framed: []byte("true")}) },
		"not a delta":    func(w *xfer.Writer) { w.File(xfer.File{UUID: name, Source: code, Content: []byte("true")}) },
		"backward":       func(w *xfer.Writer) { w.CloneSeqNo(1) },
		"unknown card":   func(w *xfer.Writer) { w.Cookie("x\nformat disk") },
		"no project":     func(w *xfer.Writer) { w.Push("", "x") },
	} {
		transport := fossil.NewRequestTransport(func(context.Context, []byte) ([]byte, error) {
			var w xfer.Writer
			lie(&w)
			if what != "no project" {
				w.Push(code, code)
			}
			return xfer.Encode(w.Bytes(), xfer.Compressed), nil
		})
		dir := t.TempDir()
		if r, err := fossil.Clone(context.Background(), filepath.Join(dir, "x"), transport, fossil.CloneOptions{}); err == nil {
			t.Errorf("%s: cloned", what)
			r.Close()
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: left behind %v", what, left)
		}
	}
}

func TestPullEndsWhenTheServerDoesNotDeliver(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	commit(t, r, fossil.Commit{Comment: "seed", Files: sourceTree(1, 100), Replace: true})
	var rounds atomic.Int64
	promise := fossil.NewRequestTransport(func(context.Context, []byte) ([]byte, error) {
		rounds.Add(1)
		var w xfer.Writer
		w.IGot(blob.SHA1([]byte("promised")), false)
		return xfer.Encode(w.Bytes(), xfer.Compressed), nil
	})
	s, err := r.Pull(context.Background(), promise, fossil.SyncOptions{})
	if err != nil || s.Rounds != int(rounds.Load()) || s.Rounds > 3 {
		t.Errorf("%+v after %d rounds, %v", s, rounds.Load(), err)
	}
}

func TestContextEndsAnExchange(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	ctx, cancel := context.WithCancel(context.Background())
	stuck := fossil.NewRequestTransport(func(ctx context.Context, _ []byte) ([]byte, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if _, err := r.Pull(ctx, stuck, fossil.SyncOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestCloneAndPullInSmallReplies(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	hub := newRepo(t)
	commit(t, hub, fossil.Commit{Comment: "seed", Files: sourceTree(60, 3000), Replace: true})
	const limit = 20_000
	narrow := fossil.NewRequestTransport(func(ctx context.Context, msg []byte) ([]byte, error) {
		reply, err := hub.HandleSync(ctx, msg, fossil.Peer{MaxReply: limit})
		if len(reply) > limit {
			t.Errorf("reply of %d bytes, limit %d", len(reply), limit)
		}
		return reply, err
	})
	c := cloneOf(t, narrow, fossil.CloneOptions{})
	sameRepo(t, hub, c)
	commit(t, hub, fossil.Commit{Comment: "more", Files: sourceTree(60, 4000)})
	s, err := c.Pull(ctx, narrow, fossil.SyncOptions{})
	if err != nil || s.Rounds < 3 {
		t.Errorf("pull took %+v, %v", s, err)
	}
	sameRepo(t, hub, c)
}
