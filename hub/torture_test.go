package hub_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/tasklog/tasktest"
	"bones-tui/hub/proc"
	"bones-tui/slots"
)

func TestManyProcessesStartOneHub(t *testing.T) {
	processes, n := 6, rounds(1, 100)
	if *torture > 0 {
		processes = 50
	}
	var slowest time.Duration
	for range n {
		root := newWorkspace(t)
		begin := time.Now()
		starters := make([]*hubProcess, processes)
		for i := range starters {
			starters[i] = spawnHub(t, root, "")
		}
		if !awaitHub(t, root, time.Minute) {
			t.Fatal("no hub is ready")
		}
		winner, _ := hub.IsRunning(root)
		for _, p := range starters {
			if p.cmd.Process.Pid == winner {
				continue
			}
			select {
			case err := <-p.ended:
				if p.ended <- err; err == nil {
					t.Error("a loser thinks it was the hub")
				}
			case <-time.After(time.Minute):
				t.Fatal("a loser does not answer")
			}
		}
		slowest = max(slowest, time.Since(begin))
		if n := strings.Count(readFile(t, hub.LogPath(root)), "hub: ready"); n != 1 {
			t.Errorf("%d hubs were ready", n)
		}
		killAll(root)
	}
	t.Logf("%d rounds of %d processes: one hub each, all others had ended after %s", n, processes, slowest)
}

func TestRecycledPIDsAreNeverSignalled(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	victim := exec.Command("sleep", "3600")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill(); _ = victim.Wait() }()
	n := rounds(50, 10_000)
	for i := range n {
		recordOldPID(t, root, victim.Process.Pid)
		if _, ok := hub.IsRunning(root); ok {
			t.Fatal("the victim counts as the hub")
		}
		if err := hub.Stop(root, hub.WithForce(i%2 == 0)); err != nil {
			t.Fatal(err)
		}
	}
	if !proc.Alive(victim.Process.Pid) {
		t.Error("the victim is dead")
	}
	t.Logf("%d recycled pids, nobody signalled", n)
}

func TestPortsAreTakenAtAnyMoment(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	d := bonesdir.At(root)
	n, moved := rounds(3, 100), 0
	for i := range n {
		var thieves []net.Listener
		for j, url := range []string{d.FossilURL(), d.NATSURL()} {
			if (i+1)&(1<<j) == 0 {
				continue
			}
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(bonesdir.RecordedPort(url)))
			if err != nil {
				t.Fatal(err)
			}
			thieves = append(thieves, l)
			moved++
		}
		h := startHub(t, root)
		st := statusOf(t, h)
		if !st.NATS.Up || !st.Fossil.Up || d.NATSURL() != st.NATS.URL || d.FossilURL() != st.Fossil.URL {
			t.Errorf("round %d: files say %s %s, status %+v", i, d.NATSURL(), d.FossilURL(), st)
		}
		stopHub(t, h)
		for _, l := range thieves {
			l.Close()
		}
	}
	t.Logf("%d starts, %d ports taken, each hub ready on what its files name", n, moved)
}

// TestDamageIsNeverSilent changes random bytes of random files. Afterwards either
// nothing is missing, or hub.log or the start itself says what is.
func TestDamageIsNeverSilent(t *testing.T) {
	origin := newWorkspace(t)
	h := startHub(t, origin)
	c := newTasks(t, h.Conn())
	for i := range 200 {
		id := fmt.Sprint("t-", i)
		c.put(tasktest.Open(id), c.say(slots.EventCreated, id, slots.Created{Title: strings.Repeat("x", 200)}))
	}
	stopHub(t, h)
	for range 5 {
		work(t, origin)
	}
	stopHub(t, startHub(t, origin))
	n := rounds(4, 500)
	told, harmless := 0, 0
	for i := range n {
		root := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(root, os.DirFS(origin)); err != nil {
			t.Fatal(err)
		}
		what := spoil(t, bonesdir.At(root), i%4 == 3)
		said, whole := survive(t, root, what)
		switch {
		case said:
			told++
		case whole:
			harmless++
		default:
			t.Errorf("silent: %s", what)
		}
	}
	t.Logf("%d corruptions: %d told, %d without effect, 0 silent", n, told, harmless)
}

// spoil damages one file and says how.
func spoil(t *testing.T, d bonesdir.Dir, repository bool) string {
	t.Helper()
	files := []string{d.Fossil()}
	if !repository {
		files = nil
		_ = filepath.WalkDir(d.Coord(), func(path string, e os.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				files = append(files, path)
			}
			return nil
		})
	}
	path := files[rand.IntN(len(files))]
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) == 0 {
		return "an empty file"
	}
	at, how := rand.IntN(len(b)), rand.IntN(4)
	switch how {
	case 0:
		b[at] ^= 1 << rand.IntN(8)
	case 1:
		b = b[:at]
	case 2:
		clear(b[at:min(len(b), at+512)])
	case 3:
		b = append(b, make([]byte, 100)...)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s, way %d at %d of %d", strings.TrimPrefix(path, d.State), how, at, len(b))
}

// survive starts a hub over a damaged workspace and returns whether it said so, and
// whether everything is there.
func survive(t *testing.T, root, what string) (said, whole bool) {
	t.Helper()
	log := hub.LogPath(root)
	before := len(entries(t, log))
	h, err := hub.New(root, hub.WithLogLevel("debug"))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = h.Run(context.Background()) }()
	select {
	case <-h.Done():
		return h.Err() != nil, false
	case <-h.Ready():
	case <-time.After(30 * time.Second):
		st, _ := h.Status(context.Background())
		t.Fatalf("%s: stuck at %s", what, st.Step)
	}
	within(t, 30*time.Second, "looked at", func() bool {
		text := readFile(t, log)
		return strings.Contains(text, "hub: verified") || strings.Contains(text, "damaged")
	})
	whole = intact(h)
	_ = h.Shutdown(context.Background(), hub.WithForce(true))
	for _, e := range entries(t, log)[before:] {
		said = said || e.Level >= hub.LevelWarn
	}
	return said, whole
}

func intact(h *hub.Hub) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	js, err := jetstream.New(h.Conn())
	if err != nil {
		return false
	}
	stream, err := js.Stream(ctx, slots.StreamTaskEvents)
	if err != nil || stream.CachedInfo().State.Msgs != 200 {
		return false
	}
	kv, err := js.KeyValue(ctx, slots.BucketTasks)
	if err != nil {
		return false
	}
	for i := range 200 {
		if _, err := kv.Get(ctx, fmt.Sprint("t-", i)); err != nil {
			return false
		}
	}
	repo, err := fossil.Open(ctx, hub.FossilOf(h), fossil.ReadOnly)
	if repo != nil {
		defer repo.Close()
	}
	if err != nil {
		return false
	}
	stats, err := repo.Stats(ctx)
	return err == nil && stats.CheckIns == 6 && repo.Verify(ctx) == nil
}
