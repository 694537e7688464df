package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

func TestFiftyStartsMakeOneHub(t *testing.T) {
	root := newWorkspace(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const starts = 50
	type result struct {
		err  error
		took time.Duration
	}
	results := make(chan result, starts)
	gate := make(chan struct{})
	for range starts {
		go func() {
			<-gate
			begin := time.Now()
			err := hub.Start(ctx, root)
			results <- result{err, time.Since(begin)}
		}()
	}
	close(gate)
	var slowest time.Duration
	for range starts - 1 {
		r := <-results
		if r.err != nil {
			t.Errorf("a loser got %v", r.err)
		}
		slowest = max(slowest, r.took)
	}
	within(t, 20*time.Second, "ready", func() bool {
		return hub.FossilURL(root) != "" && strings.Contains(readFile(t, bonesdir.At(root).Log()), "hub: ready")
	})
	cancel()
	if r := <-results; r.err != nil {
		t.Errorf("the winner got %v", r.err)
	}
	if n := strings.Count(readFile(t, bonesdir.At(root).Log()), "hub: starting"); n != 1 {
		t.Errorf("%d hubs started", n)
	}
	t.Logf("slowest loser of %d: %s", starts, slowest)
}

func TestPIDComesBeforePorts(t *testing.T) {
	root := newWorkspace(t)
	port := freePort(t)
	h, err := hub.New(root, hub.WithCoordPort(port))
	if err != nil {
		t.Fatal(err)
	}
	hub.AtStep(h, func(step string, undo bool) error {
		if step != "services" || undo {
			return nil
		}
		if pid, ok := hub.IsRunning(root); !ok || pid != os.Getpid() {
			t.Errorf("before the first port IsRunning = %d, %t", pid, ok)
		}
		if c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			c.Close()
			t.Error("the port answers already")
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	stopHub(t, h)
}

func TestForeignServiceIsNoHub(t *testing.T) {
	root := newWorkspace(t)
	foreign, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(foreign) })
	defer serving.Wait()
	defer server.Close()
	port := foreign.Addr().(*net.TCPAddr).Port

	begin := time.Now()
	err = hub.Start(t.Context(), root, hub.WithRepoPort(port), hub.WithDetach(true))
	var start *hub.StartError
	if !errors.As(err, &start) || !strings.Contains(start.Log, strconv.Itoa(port)) {
		t.Errorf("Start on a foreign port = %v, want the child's words about port %d", err, port)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("an instant failure took %s", took)
	}
	if pid, ok := hub.IsRunning(root); ok {
		t.Errorf("a hub runs as %d", pid)
	}
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, "bring-up failed") {
		t.Errorf("hub.log does not tell:\n%s", log)
	}
}

// The reason of such a death stands at the beginning of a long trace.
func TestDetachedHubThatDiesOfGoTellsWhy(t *testing.T) {
	root := newWorkspace(t)
	t.Setenv(testOverflowEnv, "1")
	err := hub.Start(t.Context(), root, hub.WithDetach(true))
	var start *hub.StartError
	if !errors.As(err, &start) || !strings.Contains(start.Log, "fatal error: stack overflow") {
		t.Fatalf("Start = %v", err)
	}
	path := bonesdir.At(root).StderrLog()
	if !strings.Contains(err.Error(), "fatal error: stack overflow") || !strings.Contains(err.Error(), path) {
		t.Errorf("the line names neither why nor where: %v", err)
	}
	if n := len(readFile(t, path)); n < 2*len(start.Log) {
		t.Errorf("%d bytes are no long trace beside %d that are shown", n, len(start.Log))
	}
}

func TestStolenPortsAreNotAskedAnything(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	d := bonesdir.At(root)
	var hits sync.Map
	for _, url := range []string{d.FossilURL(), d.NATSURL()} {
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(bonesdir.RecordedPort(url)))
		if err != nil {
			t.Fatal(err)
		}
		var accepting sync.WaitGroup
		defer accepting.Wait()
		defer l.Close()
		accepting.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				hits.Store(url, true)
				c.Close()
			}
		})
	}
	if _, err := hub.Attach(t.Context(), root); !errors.Is(err, hub.ErrNotRunning) {
		t.Errorf("Attach = %v", err)
	}
	if hub.FossilURL(root)+hub.NATSURL(root) != "" {
		t.Error("the URLs of thieves are offered")
	}
	if err := hub.Stop(root); err != nil {
		t.Errorf("Stop = %v", err)
	}
	hits.Range(func(url, _ any) bool { t.Errorf("%s was dialled", url); return true })
}

func TestViewsStartNothingAndCreateNothing(t *testing.T) {
	root := newWorkspace(t)
	_, err := hub.Attach(t.Context(), root)
	if !errors.Is(err, hub.ErrNotRunning) {
		t.Errorf("Attach = %v", err)
	}
	if pid, ok := hub.IsRunning(root); ok {
		t.Errorf("IsRunning = %d", pid)
	}
	if s := hub.FossilURL(root) + hub.NATSURL(root); s != "" {
		t.Errorf("URLs %q", s)
	}
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
	if err := hub.Stop(root); err != nil {
		t.Errorf("Stop = %v", err)
	}
	if _, err := os.Lstat(filepath.Join(root, ".bones")); !errors.Is(err, os.ErrNotExist) {
		t.Error("there is a .bones now")
	}
}

func TestStartInASubdirectoryFindsTheRoot(t *testing.T) {
	root := newWorkspace(t)
	for _, dir := range []string{root, filepath.Join(root, "docs")} {
		if got, err := hub.FindRoot(dir); err != nil || got != root {
			t.Errorf("FindRoot(%s) = %q, %v", dir, got, err)
		}
	}
	if _, err := hub.FindRoot(realPath(t, t.TempDir())); !errors.Is(err, hub.ErrNoWorkspace) {
		t.Errorf("FindRoot outside = %v", err)
	}
}

func TestStateMovesWithBonesDir(t *testing.T) {
	root, state := newWorkspace(t), filepath.Join(t.TempDir(), "state")
	t.Setenv("BONES_DIR", state)
	startHub(t, root)
	for _, name := range []string{"hub.pid", "hub.fossil", "hub.log", "hub-nats-url", "coord"} {
		if _, err := os.Lstat(filepath.Join(state, name)); err != nil {
			t.Error(err)
		}
	}
	if hub.HubFossilPath(root) != filepath.Join(state, "hub.fossil") {
		t.Errorf("HubFossilPath = %s", hub.HubFossilPath(root))
	}
	if _, err := os.Lstat(filepath.Join(root, ".bones", "hub.pid")); err == nil {
		t.Error("there is state in both places")
	}
}

func TestUncleanEndIsTold(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	recordOldPID(t, root, gone.Process.Pid)
	startHub(t, root)
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, fmt.Sprintf("the last hub (pid %d) did not end cleanly", gone.Process.Pid)) {
		t.Errorf("hub.log:\n%s", log)
	}
}

// TestACopiedPIDIsNoUncleanEnd has hub.pid name a process that lives, as in a directory that
// was copied while its hub ran.
func TestACopiedPIDIsNoUncleanEnd(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	other := exec.Command("sleep", "600")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	if err := bonesdir.At(root).WritePID(other.Process.Pid); err != nil {
		t.Fatal(err)
	}
	startHub(t, root)
	log := readFile(t, hub.LogPath(root))
	if !strings.Contains(log, fmt.Sprintf("hub.pid names process %d, which lives", other.Process.Pid)) || strings.Contains(log, "did not end cleanly") {
		t.Errorf("hub.log:\n%s", log)
	}
}

// TestOwnPIDLeftBehindIsNoHub has a hub.pid that could not be removed, as on a disk that
// turned read-only, name the process that starts the next hub.
func TestOwnPIDLeftBehindIsNoHub(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	if err := bonesdir.At(root).WritePID(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	h := startHub(t, root)
	other, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Run(t.Context()); !errors.Is(err, hub.ErrRunning) {
		t.Errorf("a second hub beside it: %v", err)
	}
	stopHub(t, h)
	if err := bonesdir.At(root).WritePID(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- hub.Start(ctx, root) }()
	within(t, 20*time.Second, "a third hub", func() bool {
		return strings.Count(readFile(t, hub.LogPath(root)), "hub: ready") == 3
	})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestStartWhileAnotherStarts has another hold the lock, who gives up: whoever waits for
// its hub must become one.
func TestStartWhileAnotherStarts(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	lock, err := owner.Take(bonesdir.At(root))
	if err != nil {
		t.Fatal(err)
	}
	role, _, err := owner.TakeRole(bonesdir.At(root))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	started := make(chan error, 1)
	go func() { started <- hub.Start(t.Context(), root, hub.WithDetach(true)) }()
	select {
	case err := <-started:
		t.Fatalf("Start = %v, and no hub runs", err)
	case <-time.After(200 * time.Millisecond): // it waits
	}
	if err := errors.Join(role.Close(), lock.Close()); err != nil {
		t.Error(err)
	}
	if err := <-started; err != nil {
		t.Fatalf("Start = %v", err)
	}
	if st, err := askHub(root); err != nil || st.Phase != hub.PhaseReady {
		t.Errorf("after Start the hub is %s, %v", st.Phase, err)
	}
}

func TestLogLevels(t *testing.T) {
	root := newWorkspace(t)
	for _, level := range []string{"trace", "info ", "2"} {
		if _, err := hub.New(root, hub.WithLogLevel(level)); err == nil {
			t.Errorf("level %q is accepted", level)
		}
	}
	t.Setenv("BONES_HUB_LOG_LEVEL", "loud")
	stopHub(t, startHub(t, root))
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, `"WARN"`) || !strings.Contains(log, "loud") {
		t.Errorf("a bad environment passes silently:\n%s", log)
	}
	if err := os.Remove(hub.LogPath(root)); err != nil {
		t.Fatal(err)
	}
	stopHub(t, startHub(t, root, hub.WithLogLevel("ERROR")))
	if log := readFile(t, hub.LogPath(root)); log != "" {
		t.Errorf("below the floor:\n%s", log)
	}
}

func TestDetachedHubPrintsNothing(t *testing.T) {
	root := newWorkspace(t)
	startDetached(t, root)
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}
	if words := readFile(t, bonesdir.At(root).StderrLog()); words != "" {
		t.Errorf("the hub printed %q", words)
	}
	for _, e := range strings.Split(strings.TrimSpace(readFile(t, hub.LogPath(root))), "\n") {
		if !strings.HasPrefix(e, "{") {
			t.Errorf("a raw line in hub.log: %q", e)
		}
	}
}
