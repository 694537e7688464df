package hub_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

func TestStopKillsAFrozenHub(t *testing.T) {
	root := newWorkspace(t)
	pid := startDetached(t, root)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	begin, told, killed := time.Now(), 0, 0
	if err := hub.Stop(root, hub.WithForce(true), hub.WithProgress(func(time.Duration) { told++ }), hub.WithKilled(func() { killed++ })); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 12*time.Second || told == 0 || killed != 1 {
		t.Errorf("took %s, progress %d times, killed %d times", took, told, killed)
	}
	if proc.Alive(pid) {
		t.Error("the hub is alive")
	}
	if _, err := os.Lstat(bonesdir.At(root).PIDFile()); !errors.Is(err, os.ErrNotExist) {
		t.Error("hub.pid is still there")
	}
	startHub(t, root) // and the workspace needs no repair
}

func TestStopWaitsForTheDrain(t *testing.T) {
	root := newWorkspace(t)
	startDetached(t, root)
	slow := halfRequest(t, hub.FossilURL(root))
	defer slow.Close()
	done := make(chan error, 1)
	killed := func() { t.Error("killed while it drained") }
	go func() { done <- hub.Stop(root, hub.WithStopTimeout(20*time.Second), hub.WithKilled(killed)) }()
	within(t, 10*time.Second, "draining", func() bool { return strings.Contains(readFile(t, hub.LogPath(root)), "hub: stopping") })
	select {
	case err := <-done:
		t.Fatalf("Stop = %v while a request was under way", err)
	case <-time.After(300 * time.Millisecond):
	}
	slow.Close()
	if err := <-done; err != nil {
		t.Errorf("Stop = %v", err)
	}
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, "hub: stopped\"") {
		t.Errorf("the drain was not clean:\n%s", log)
	}
}

// halfRequest begins an upload and does not end it.
func halfRequest(tb testing.TB, url string) net.Conn {
	tb.Helper()
	host := strings.TrimPrefix(url, "http://")
	c, err := net.Dial("tcp", host)
	if err != nil {
		tb.Fatal(err)
	}
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-fossil\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n", host)
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		tb.Fatalf("%q, %v", line, err) // the handler reads by now
	}
	return c
}

func TestDrainIsBounded(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root, hub.WithDrainTimeout(300*time.Millisecond))
	defer halfRequest(t, hub.FossilURL(root)).Close()
	begin := time.Now()
	err := h.Drain(t.Context())
	if took := time.Since(begin); took > 5*time.Second || !errors.Is(err, hub.ErrDrainTimeout) {
		t.Errorf("Drain = %v after %s", err, took)
	}
	if log := readFile(t, hub.LogPath(root)); !strings.Contains(log, "stopped with drain error") {
		t.Errorf("hub.log:\n%s", log)
	}
}

// A stalled disk heeds no context.
func TestDrainIsBoundedWhenAStepDoesNotReturn(t *testing.T) {
	for _, stuck := range []string{"marks", "parts", "fossil"} {
		t.Run(stuck, func(t *testing.T) { t.Parallel(); drainWithout(t, stuck) })
	}
}

// drainWithout drains a hub of which one step does not return.
func drainWithout(t *testing.T, stuck string) {
	t.Helper()
	root := newWorkspace(t)
	h, err := hub.New(root, hub.WithDrainTimeout(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	resume, passed := make(chan struct{}), make(chan struct{})
	hub.AtStep(h, func(step string, undo bool) error {
		if undo && step == stuck {
			<-resume
			close(passed)
		}
		return nil
	})
	ended := make(chan error, 1)
	go func() { ended <- h.Run(context.Background()) }()
	awaitReady(t, h)
	go func() { _ = h.Drain(context.Background()) }()
	select {
	case err := <-ended:
		if !errors.Is(err, hub.ErrDrainTimeout) {
			t.Errorf("Run = %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("Run does not return")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	if err := hub.Start(ctx, root); !errors.Is(err, context.DeadlineExceeded) || strings.Count(readFile(t, hub.LogPath(root)), "hub: starting") != 1 {
		t.Errorf("a hub comes up beside what still runs of the last one: %v", err)
	}
	cancel()
	close(resume)
	<-passed
	<-h.Done()
}

// A start that waited for the old hub to go may be quicker than the one who stopped it.
func TestStopLeavesTheRecordOfTheNextHub(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	if err := syscall.Kill(startDetached(t, root), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	next := func(time.Duration) {
		if err := d.WritePID(os.Getpid()); err != nil {
			t.Error(err)
		}
	}
	if err := hub.Stop(root, hub.WithForce(true), hub.WithProgress(next)); err != nil {
		t.Fatal(err)
	}
	if rec, err := d.ReadPID(); err != nil || rec.PID != os.Getpid() {
		t.Errorf("hub.pid: %v, %v", rec, err)
	}
}

// A checkout may bring a link along.
func TestDetachRefusesALinkForItsOutput(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.Symlink(victim, d.StderrLog()); err != nil {
		t.Fatal(err)
	}
	if err := hub.Start(t.Context(), root, hub.WithDetach(true)); !errors.Is(err, bonesdir.ErrUntrusted) {
		t.Errorf("Start = %v", err)
	}
	if _, err := os.Lstat(victim); !errors.Is(err, os.ErrNotExist) {
		t.Error("the link was followed")
	}
}

func TestForceCutsADrainUnderWay(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	defer halfRequest(t, hub.FossilURL(root)).Close()
	polite := make(chan error, 1)
	go func() { polite <- h.Drain(context.Background()) }()
	within(t, 5*time.Second, "draining", func() bool { return statusOf(t, h).Phase == hub.PhaseDraining })
	begin := time.Now()
	_ = h.Shutdown(t.Context(), hub.WithForce(true))
	if took := time.Since(begin); took < time.Second || took > 6*time.Second {
		t.Errorf("the cut took %s", took)
	}
	if err := <-polite; !errors.Is(err, hub.ErrDrainTimeout) {
		t.Errorf("Drain = %v", err)
	}
}

func TestSecondSignalCuts(t *testing.T) {
	root := newWorkspace(t)
	pid := startDetached(t, root)
	defer halfRequest(t, hub.FossilURL(root)).Close()
	signal := func() {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	signal()
	within(t, 5*time.Second, "draining", func() bool { return strings.Contains(readFile(t, hub.LogPath(root)), "hub: stopping") })
	signal()
	within(t, 8*time.Second, "gone", func() bool { return !proc.Alive(pid) })
	if _, err := os.Lstat(bonesdir.At(root).PIDFile()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the cut left hub.pid behind")
	}
}

func TestForcedStopWithAThousandClients(t *testing.T) {
	root := newWorkspace(t)
	startDetached(t, root)
	url := hub.NATSURL(root)
	clients := 1000
	if raceOn {
		clients = 200 // of this very process
	}
	for range clients {
		nc, err := nats.Connect(url, nats.NoReconnect(), nats.Timeout(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		if _, err := nc.Subscribe("x", func(*nats.Msg) {}); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	if took > 5*time.Second || !strings.Contains(readFile(t, hub.LogPath(root)), "hub: stopped") {
		t.Errorf("took %s", took)
	}
	t.Logf("forced stop with %d clients: %s", clients, took)
}

// TestStopForgetsTheDead finds records of a hub that has died, and whose successor has removed
// hub.pid when it was told to stop.
func TestStopForgetsTheDead(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	home := os.Getenv("HOME")
	if err := registry.Write(home, registry.Row{CWD: root, HubPID: gone.Process.Pid}); err != nil {
		t.Fatal(err)
	}
	if err := hub.Stop(root); err != nil {
		t.Errorf("Stop = %v", err)
	}
	if row, err := registry.Read(home, root); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the registry names %d, %v", row.HubPID, err)
	}
}

func TestStopNeverSignalsItself(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Errorf("Stop = %v", err)
	}
	if st := statusOf(t, h); st.Phase != hub.PhaseReady {
		t.Errorf("the hub is %s", st.Phase)
	}
}

func TestOtherUsersAreRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can become another user")
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("SKIPPED: there is no setpriv")
	}
	root := newWorkspace(t)
	h := startHub(t, root)
	if strings.Contains(readFile(t, hub.LogPath(root)), "every user of this machine is admitted") {
		t.Skip("SKIPPED: this kernel does not tell whose a connection is")
	}
	st := statusOf(t, h)
	for _, c := range []struct{ port, ask, want string }{
		{hostPort(st.NATS.URL), `printf 'CONNECT {"verbose":false}\r\nPING\r\n' >&3; timeout 5 cat <&3`, "PONG"},
		{hostPort(st.Fossil.URL), `printf 'GET /healthz HTTP/1.0\r\nHost: %s\r\n\r\n' "$2" >&3; timeout 5 cat <&3`, "200 OK"},
	} {
		script := `exec 3<>/dev/tcp/127.0.0.1/"$1" && ` + c.ask
		_, port, _ := net.SplitHostPort(c.port)
		ours, _ := exec.Command("timeout", "2", "bash", "-c", script, "-", port, c.port).CombinedOutput()
		theirs, _ := exec.Command("timeout", "4", setpriv, "--reuid=65534", "--clear-groups", "bash", "-c", script, "-", port, c.port).CombinedOutput()
		if !strings.Contains(string(ours), c.want) {
			t.Errorf("%s: we get %q", c.port, ours)
		}
		if strings.Contains(string(theirs), c.want) {
			t.Errorf("%s: another user gets %q", c.port, theirs)
		}
	}
	if st := statusOf(t, h); st.NATS.Server.Refused == 0 {
		t.Error("refusals are not counted")
	}
}

func hostPort(url string) string { _, addr, _ := strings.Cut(url, "//"); return addr }
