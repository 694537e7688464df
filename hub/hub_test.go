package hub_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/registry"
	"bones-tui/slots"
)

func TestReadyHubIsRecorded(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)

	if pid, ok := hub.IsRunning(root); !ok || pid != os.Getpid() {
		t.Errorf("IsRunning = %d, %t, want our pid", pid, ok)
	}
	st, err := h.Status(t.Context())
	if err != nil || st.Phase != hub.PhaseReady || !st.NATS.Up || !st.Fossil.Up {
		t.Errorf("status = %+v, %v, want a ready hub with both services up", st, err)
	}
	if got := hub.FossilURL(root); got != st.Fossil.URL || got == "" {
		t.Errorf("FossilURL = %q, status says %q", got, st.Fossil.URL)
	}
	if got := hub.NATSURL(root); got != st.NATS.URL || got == "" {
		t.Errorf("NATSURL = %q, status says %q", got, st.NATS.URL)
	}
	row, err := registry.Read(os.Getenv("HOME"), root)
	if err != nil || row.HubPID != os.Getpid() || row.HubURL != st.Fossil.URL || row.Name != "web app" {
		t.Errorf("registry row = %+v, %v", row, err)
	}
	for path, mode := range map[string]os.FileMode{"": 0o700, ".gitignore": 0o600, "coord": 0o700} {
		info, err := os.Stat(filepath.Join(root, ".bones", path))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf(".bones/%s: %v, %v, want mode %o", path, info, err, mode)
		}
	}
}

// What the hub asks for that is not there yet counts as an error of the server, which
// an operator would look into for nothing.
func TestFreshHubShowsNoErrors(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	w := slots.Watch(root, h.Conn())
	a := slots.Follow(root, h.Conn(), slots.ActivityOptions{})
	t.Cleanup(func() { _, _ = w.Close(), a.Close() })
	if _, err := w.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Entries(t.Context()); err != nil {
		t.Fatal(err)
	}
	st, err := h.Status(t.Context())
	if err != nil || st.NATS.JetStream == nil || st.NATS.JetStream.APIErrors != 0 || st.NATS.JetStream.APITotal == 0 {
		t.Errorf("JetStream tells %+v, %v, want no errors", st.NATS.JetStream, err)
	}
}

func TestStoppedHubLeavesURLsAndNothingElse(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	url := hub.FossilURL(root)
	stopHub(t, h)

	d := bonesdir.At(root)
	if d.FossilURL() != url || d.NATSURL() == "" {
		t.Errorf("URL files after stop: %q, %q, want them kept", d.FossilURL(), d.NATSURL())
	}
	for _, gone := range []string{d.PIDFile(), d.LockPIDFile(), d.Fossil() + "-wal", d.Fossil() + "-shm"} {
		if _, err := os.Lstat(gone); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there (%v)", filepath.Base(gone), err)
		}
	}
	if _, err := registry.Read(os.Getenv("HOME"), root); err == nil {
		t.Error("the registry row is still there")
	}
	if hub.FossilURL(root) != "" || hub.NATSURL(root) != "" {
		t.Error("URLs are offered although no hub runs")
	}
	log := readFile(t, d.Log())
	for _, line := range []string{"hub: starting (pid=", "hub: ready", "hub: stopping", "hub: stopped"} {
		if !strings.Contains(log, line) {
			t.Errorf("hub.log lacks %q:\n%s", line, log)
		}
	}
}

func TestRestartKeepsProjectCheckInsAndPorts(t *testing.T) {
	root := newWorkspace(t)
	first := startHub(t, root)
	before := statusOf(t, first)
	stopHub(t, first)
	after := statusOf(t, startHub(t, root))

	if before.Fossil.ProjectCode != after.Fossil.ProjectCode || after.Fossil.ProjectCode == "" {
		t.Errorf("project code %q became %q", before.Fossil.ProjectCode, after.Fossil.ProjectCode)
	}
	if before.Fossil.Tip.UUID != after.Fossil.Tip.UUID || *after.Fossil.CheckIns != 1 {
		t.Errorf("trunk %v became %v, %d check-ins", before.Fossil.Tip, after.Fossil.Tip, *after.Fossil.CheckIns)
	}
	if before.Fossil.URL != after.Fossil.URL || before.NATS.URL != after.NATS.URL {
		t.Errorf("URLs %s %s became %s %s", before.Fossil.URL, before.NATS.URL, after.Fossil.URL, after.NATS.URL)
	}
}

func TestRestartAfterGitMovedAddsABase(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	write(t, root, "new.txt", "new\n", 0o644)
	commitAll(t, root, "second")
	st := statusOf(t, startHub(t, root))

	if *st.Fossil.CheckIns != 2 || !strings.HasPrefix(st.Fossil.Tip.Comment, "session base: ") {
		t.Errorf("check-ins %d, tip %q, want a second base", *st.Fossil.CheckIns, st.Fossil.Tip.Comment)
	}
}

func TestRefusalsTouchNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		setup func(t *testing.T, root string)
		want  error
		words string
	}{
		"no git repository": {func(*testing.T, string) {}, hub.ErrSeedPrecondition, "git init"},
		"no commit": {func(t *testing.T, root string) {
			t.Helper()
			runGit(t, root, "init", "-q")
		}, hub.ErrSeedPrecondition, "no commit"},
		"staged only": {func(t *testing.T, root string) {
			t.Helper()
			runGit(t, root, "init", "-q")
			write(t, root, "a", "a", 0o644)
			runGit(t, root, "add", "a")
		}, hub.ErrSeedPrecondition, "git commit"},
		"no tracked file": {func(t *testing.T, root string) {
			t.Helper()
			runGit(t, root, "init", "-q")
			runGit(t, root, "-c", "user.name=t", "-c", "user.email=t@e", "commit", "-q", "--allow-empty", "-m", "x")
		}, hub.ErrSeedPrecondition, "git add"},
		"legacy worktrees": {func(t *testing.T, root string) {
			t.Helper()
			write(t, root, ".claude/worktrees/agent-7/x", "", 0o644)
		}, hub.ErrStaleClaudeWorktrees, "agent-7"},
	} {
		t.Run(name, func(t *testing.T) {
			root := realPath(t, t.TempDir())
			tc.setup(t, root)
			err := hub.Start(t.Context(), root)
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("Start = %v, want %v with %q", err, tc.want, tc.words)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
			if _, err := os.Lstat(filepath.Join(root, ".bones")); !errors.Is(err, os.ErrNotExist) {
				t.Error("the refusal left a .bones behind")
			}
		})
	}
}

func TestOneHubPerWorkspace(t *testing.T) {
	root := newWorkspace(t)
	startHub(t, root)
	second, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); !errors.Is(err, hub.ErrRunning) {
		t.Errorf("second Run = %v, want ErrRunning", err)
	}
	if err := hub.Start(t.Context(), root); err != nil {
		t.Errorf("Start over a running hub = %v, want nil at once", err)
	}
}

func TestTakenPortsAreReplaced(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	d := bonesdir.At(root)
	old := []string{d.FossilURL(), d.NATSURL()}
	for _, url := range old {
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(bonesdir.RecordedPort(url)))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	st := statusOf(t, startHub(t, root))
	if slices.Contains(old, st.Fossil.URL) || slices.Contains(old, st.NATS.URL) {
		t.Errorf("URLs %s, %s are the taken ones", st.Fossil.URL, st.NATS.URL)
	}
	if log := readFile(t, d.Log()); strings.Count(log, "is taken") != 2 {
		t.Errorf("hub.log does not warn twice:\n%s", log)
	}
}

func TestPoliteStopIsRefusedUnderActiveSlots(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	putSession(t, h.Conn(), "auth", time.Now())

	err := h.Shutdown(t.Context())
	var active *hub.ActiveSlotsError
	if !errors.As(err, &active) || !errors.Is(err, hub.ErrActiveSlots) || active.Slots[0].Name != "auth" {
		t.Fatalf("Shutdown = %v, want the slot auth named", err)
	}
	if !strings.Contains(err.Error(), "--force") {
		t.Errorf("%q does not name --force", err)
	}
	if err := hub.Stop(root); !errors.Is(err, hub.ErrActiveSlots) {
		t.Errorf("Stop = %v, want ErrActiveSlots", err)
	}
	if st := statusOf(t, h); st.Phase != hub.PhaseReady || !st.NATS.Up {
		t.Errorf("after a refused stop the hub is %s", st.Phase)
	}
	if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
		t.Errorf("forced Shutdown = %v", err)
	}
}

func TestDeadServiceDrainsTheHub(t *testing.T) {
	root := newWorkspace(t)
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = h.Run(t.Context()) }()
	awaitReady(t, h)
	hub.KillNATS(h)
	select {
	case <-h.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the hub pretends to live")
	}
	if err := h.Err(); err == nil || !strings.Contains(err.Error(), "nats") {
		t.Errorf("Err = %v, want nats named", err)
	}
	// Nobody has asked for an end: the keeper goes on.
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	if !awaitHub(t, root, 30*time.Second) {
		t.Fatal("no hub runs")
	}
	if pid, _ := hub.IsRunning(root); pid == os.Getpid() {
		t.Error("the hub that has drained is said to run")
	}
}

func TestCancelEndsRunCleanly(t *testing.T) {
	h, err := hub.New(newWorkspace(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- h.Run(ctx) }()
	awaitReady(t, h)
	cancel()
	if err := <-result; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if st, _ := h.Status(t.Context()); st.Phase != hub.PhaseStopped {
		t.Errorf("phase = %s", st.Phase)
	}
}

func statusOf(t *testing.T, h *hub.Hub) hub.Status {
	t.Helper()
	st, err := h.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// putSession writes a session record as the bones CLI does.
func putSession(tb testing.TB, nc *nats.Conn, slot string, renewed time.Time) {
	tb.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	kv, err := js.KeyValue(tb.Context(), slots.BucketSessions)
	if err != nil {
		tb.Fatal(err)
	}
	host, _ := os.Hostname()
	record, err := slots.Session{
		Slot: slot, TaskID: "t-1", AgentID: "slot-" + slot, Host: host, LeafPID: 1, StartedAt: renewed, LastRenewed: renewed,
	}.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := kv.Put(tb.Context(), slot, record); err != nil {
		tb.Fatal(err)
	}
}

func readFile(tb testing.TB, path string) string {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}
