package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/hublog"
	"bones-tui/hub/internal/reference"
)

// realHome is for commands that want their caches.
var realHome string

func TestMain(m *testing.M) {
	if os.Getenv(testOverflowEnv) != "" && os.Getenv("BONES_HUB_CHILD") != "" {
		debug.SetMaxStack(64 << 10)
		os.Exit(overflow(0))
	}
	hub.RunChildWith(serveOrders)
	hub.ServeChild()
	if served, err := reference.ServeChild(); served {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if root := os.Getenv(testHubEnv); root != "" {
		if err := serveTestHub(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if root := os.Getenv(testRecoverEnv); root != "" {
		if err := recoverAll(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if value := os.Getenv(testRestartEnv); value != "" {
		if err := restartTest(value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	home, err := os.MkdirTemp("", "bones-home-")
	if err != nil {
		panic(err)
	}
	realHome = os.Getenv("HOME")
	os.Setenv("HOME", home) // the registry of these tests
	// nats-server samples the process from an init function, for ever, and a stream that is
	// set up to follow another one waits for it 30 s, also when the server has ended.
	const server = "github.com/nats-io/nats-server/v2/server"
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction(server+"/pse.periodic"),
		goleak.IgnoreAnyFunction(server+".(*stream).trySetupSourceConsumer.func3"),
		goleak.IgnoreAnyFunction(server+".(*stream).setupMirrorConsumer.func3"),
		goleak.Cleanup(func(code int) {
			os.RemoveAll(home)
			os.Exit(code)
		}))
}

// newWorkspace makes a git repository with one commit of a few files that are
// awkward to keep, and returns its root.
func newWorkspace(tb testing.TB) string {
	tb.Helper()
	root := filepath.Join(realPath(tb, tb.TempDir()), "web app")
	write(tb, root, "README.md", "# demo\n", 0o644)
	write(tb, root, "empty", "", 0o644)
	write(tb, root, "docs/na me.md", "café\n", 0o644)
	write(tb, root, "src/grüße.txt", "hallo\n", 0o644)
	write(tb, root, "run.sh", "#!/bin/sh\necho hi\n", 0o755)
	if err := os.Symlink("README.md", filepath.Join(root, "link")); err != nil {
		tb.Fatal(err)
	}
	runGit(tb, root, "init", "-q", "-b", "main")
	commitAll(tb, root, "init")
	return root
}

func realPath(tb testing.TB, path string) string {
	tb.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		tb.Fatal(err)
	}
	return real
}

func write(tb testing.TB, root, name, content string, mode os.FileMode) {
	tb.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		tb.Fatal(err)
	}
}

func commitAll(tb testing.TB, root, message string) {
	tb.Helper()
	runGit(tb, root, "add", "-A")
	runGit(tb, root, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", message)
}

func runGit(tb testing.TB, root string, args ...string) {
	tb.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// startHub runs a hub until the test ends, and waits until it is ready.
func startHub(tb testing.TB, root string, opts ...hub.Option) *hub.Hub {
	tb.Helper()
	h, err := hub.New(root, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	go func() { _ = h.Run(context.Background()) }()
	tb.Cleanup(func() {
		select {
		case <-h.Done(): // how it ended was the test's business
		default:
			stopHub(tb, h)
		}
	})
	awaitReady(tb, h)
	return h
}

func awaitReady(tb testing.TB, h *hub.Hub) {
	tb.Helper()
	select {
	case <-h.Ready():
	case <-h.Done():
		tb.Fatalf("the hub ended: %v", h.Err())
	case <-time.After(time.Minute):
		tb.Fatal("the hub is not ready")
	}
}

// stopHub stops a hub whatever is going on in it, and gives it the time that it needs on a busy
// machine.
func stopHub(tb testing.TB, h *hub.Hub) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := h.Drain(ctx); err != nil && !errors.Is(err, context.Canceled) {
		tb.Errorf("stop: %v", err)
	}
}

// within asks until ok holds: what is awaited is in another process, or tells nobody.
func within(tb testing.TB, limit time.Duration, what string, ok func() bool) {
	tb.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for late := time.After(limit); !ok(); {
		select {
		case <-again.C:
		case <-late:
			tb.Fatalf("after %s: not %s", limit, what)
		}
	}
}

// recordOldPID writes a hub.pid that is an hour old.
func recordOldPID(tb testing.TB, root string, pid int) {
	tb.Helper()
	d := bonesdir.At(root)
	if err := d.WritePID(pid); err != nil {
		tb.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(d.PIDFile(), old, old); err != nil {
		tb.Fatal(err)
	}
}

// entries returns the entries of a hub.log.
func entries(tb testing.TB, path string) (all []hub.LogEntry) {
	tb.Helper()
	for line := range strings.Lines(readFile(tb, path)) {
		if e, err := hublog.Decode([]byte(line)); err == nil {
			all = append(all, e)
		}
	}
	return all
}

// freePort is one that nobody listens on just now.
func freePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
