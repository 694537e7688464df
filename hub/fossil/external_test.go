package fossil_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/xfer"
)

// eventually waits until ok returns true, for at most ten seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("gave up waiting for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestAnotherProgramCommitsIntoTheOpenFile(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	list := sourceTree(150, 4000)
	commit(t, r, fossil.Commit{Files: list, Replace: true})
	var mu sync.Mutex
	var heard []string
	defer r.Subscribe(func(ci fossil.CheckIn) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, ci.Comment)
	})()
	p.run("open", r.Path(), "--workdir", "direct")
	direct := p.in("direct")
	direct.run("user", "default", "orchestrator")
	name := list[0].Name
	for i := range 6 {
		direct.write(name, string(list[0].Content)+strings.Repeat("more\n", i+1))
		direct.run("commit", "-m", fmt.Sprint("direct ", i), "--no-warnings")
		tip, err := r.Tip(t.Context(), fossil.Trunk)
		if err != nil || tip.Comment != fmt.Sprint("direct ", i) {
			t.Fatalf("tip %v, %v; want the other program's check-in %d", tip, err, i)
		}
	}
	eventually(t, "the news of six check-ins", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(heard) == 6
	})
	history, err := r.Timeline(t.Context(), fossil.TimelineOptions{})
	if err != nil || len(history) != 7 {
		t.Fatalf("timeline %v, %v; want seven", history, err)
	}
	for i, ci := range history[:6] { // fossil has made deltas of the old versions
		want := string(list[0].Content) + strings.Repeat("more\n", 6-i)
		if got, err := r.ReadFileAt(t.Context(), ci.UUID, name); err != nil || string(got) != want {
			t.Errorf("version %d: %d bytes, %v; want %d", i, len(got), err, len(want))
		}
	}
	ours := commit(t, r, fossil.Commit{Files: files("ours=1"), Comment: "ours"})
	direct.run("update")
	if out := direct.run("info"); !strings.Contains(out, ours.UUID) {
		t.Errorf("the other program does not see our check-in:\n%s", out)
	}
	co := p.cloneTo(serve(t, r), "clone")
	checkTree(t, co.dir, append(list[1:], files("ours=1")...))
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	checkRebuild(t, p, r.Path())
}

func TestAccountsMadeByAnotherProgramWork(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: files("a=1")})
	p.run("user", "new", "ext", "Somebody", "secret", "-R", r.Path())
	p.run("user", "capabilities", "ext", "oi", "-R", r.Path())
	push := []byte("push x " + r.ProjectCode() + "\n")
	if got := refused(t, sendRaw(t, r, signed(r.ProjectCode(), "ext", "secret", push))); got != "" {
		t.Errorf("login of the new account: %q", got)
	}
}

func TestReadersStayReaders(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: files("a=1"), Comment: "seed"})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"timeline"}, "seed"},
		{[]string{"leaves"}, "seed"},
		{[]string{"ls", "-r", "trunk"}, "a"},
		{[]string{"info", "trunk"}, "seed"},
		{[]string{"branch", "list"}, "trunk"},
		{[]string{"cat", "a", "-r", "trunk"}, "1"},
		{[]string{"user", "list"}, "orchestrator"},
	} {
		args := append(c.args, "-R", r.Path())
		if out := p.run(args...); !strings.Contains(out, c.want) {
			t.Errorf("fossil %v: %q, want %q", c.args, out, c.want)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	readSQL(t, r.Path(), func(c *sqlite.Conn) error {
		n, err := c.Int64("SELECT count(*) FROM config")
		if n != 10 {
			t.Errorf("%d settings, want the 10 that we wrote", n)
		}
		return err
	})
	if names := neighbours(t, r.Path()); len(names) != 1 {
		t.Errorf("files left: %q", names)
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	r := newRepo(t)
	seed := commit(t, r, fossil.Commit{Files: sourceTree(120, 500), Replace: true})
	manifest := parentManifest(t, r, seed.UUID)
	clients, pushes := 8, smaller(100)/10
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			for i := range pushes {
				content := fmt.Appendf(nil, "client %d push %d\n", client, i)
				var w xfer.Writer
				w.Pull("x", r.ProjectCode())
				w.Push("x", r.ProjectCode())
				name := fmt.Sprintf("new/%d-%d", client, i)
				uuid, child := childOf(t, manifest, seed.UUID, name, content)
				w.File(xfer.File{UUID: uuid, Content: content})
				w.File(child)
				cards := sendRaw(t, r, w.Bytes())
				if text := refused(t, cards); text != "" {
					t.Errorf("push: %s", text)
				}
				if i%3 == 0 {
					sendRaw(t, r, []byte("clone 3 1\n"))
				}
				if _, err := r.Stats(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s, err := r.Stats(t.Context())
	if err != nil || s.CheckIns != int64(1+clients*pushes) || s.Leaves != int64(clients*pushes) {
		t.Errorf("stats %+v, %v; want %d check-ins, each a leaf", s, err, 1+clients*pushes)
	}
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTwoRepositoriesOnOneFile(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: files("a=1")})
	view, err := fossil.Open(t.Context(), filepath.Join(filepath.Dir(r.Path()), ".", filepath.Base(r.Path())), fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	commit(t, view, fossil.Commit{Files: files("a=2")})
	commit(t, r, fossil.Commit{Files: files("a=3")})
	if err := view.Close(); err != nil {
		t.Fatal(err)
	}
	commit(t, r, fossil.Commit{Files: files("a=4")})
	checkFiles(t, r, "trunk", "a=4")
}

func TestHubWithAWaitingDeltaCanBeCloned(t *testing.T) {
	p := newPeer(t)
	r := newRepo(t)
	list := files("a=1")
	commit(t, r, fossil.Commit{Files: list})
	source, target := []byte(strings.Repeat("source\n", 50)), []byte(strings.Repeat("source\n", 51))
	send(t, r, func(w *xfer.Writer) {
		w.Push("x", r.ProjectCode())
		w.File(xfer.File{UUID: blob.SHA1(target), Source: blob.SHA1(source), Content: delta.Create(source, target)})
	})
	checkTree(t, p.cloneTo(serve(t, r), "clone").dir, list)
	if out := p.run("test-integrity", "-R", r.Path()); !strings.Contains(out, " 0 errors") {
		t.Error(out)
	}
	p.run("rebuild", r.Path()) // drops the waiting delta
	cards := send(t, r, func(w *xfer.Writer) { w.Push("x", r.ProjectCode()) })
	if n := len(cardsOf[xfer.Gimme](cards)); n != 2 {
		t.Errorf("hub asks for %d artifacts after a rebuild, want source and target", n)
	}
}
