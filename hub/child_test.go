package hub_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
)

// torture makes the crash tests long: with 1000 they do what they are named for a
// thousand times, and the cheap ones more often.
var torture = flag.Int("torture", 0, "how long the crash tests run; 0 is a few seconds")

// rounds is how often a test of which short is enough in passing does its thing, if
// 1000 of torture mean long.
func rounds(short, long int) int { return max(short, *torture*long/1000) }

// A process with testHubEnv is the hub of that root; with testFaultEnv, "undo step"
// or "do step", it kills itself when it reaches that step, for which it stops once it
// is ready. It takes the orders of serveOrders. With testOverflowEnv the process of a
// detached hub dies of what no Go program can recover from.
const (
	testHubEnv      = "BONES_TEST_HUB"
	testFaultEnv    = "BONES_TEST_FAULT"
	testOverflowEnv = "BONES_TEST_OVERFLOW"
)

// testRecoverEnv makes the test binary a process that brings back everything that copies of
// that root hold.
const testRecoverEnv = "BONES_TEST_RECOVER"

func recoverAll(root string) error {
	ctx := context.Background()
	list, err := hub.Recover(ctx, root)
	for _, r := range list {
		if r.Kind == "worktree" || err != nil {
			continue
		}
		_, err = hub.BringBack(ctx, root, r.Path)
	}
	return err
}

func overflow(n int) int {
	if n < 0 {
		return 0
	}
	return overflow(n+1) + 1
}

func serveTestHub(root string) error {
	h, err := hub.New(root)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM)
	fault := os.Getenv(testFaultEnv)
	if strings.HasPrefix(fault, "undo ") {
		go func() { <-h.Ready(); signals <- syscall.SIGTERM }()
	}
	return serveFaulty(h, fault, signals)
}

func faultName(step string, undo bool) string {
	step, _, _ = strings.Cut(step, " ") // "seed 3/9" is one step
	if undo {
		return "undo " + step
	}
	return "do " + step
}

// hubProcess is a hub in a process of its own that this test may kill.
type hubProcess struct {
	cmd   *exec.Cmd
	ended chan error // gets what Wait said
}

func spawnHub(tb testing.TB, root, fault string) *hubProcess {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), testHubEnv+"="+root, testFaultEnv+"="+fault)
	return startProcess(tb, cmd)
}

// startProcess starts a process that ends with the test.
func startProcess(tb testing.TB, cmd *exec.Cmd) *hubProcess {
	tb.Helper()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	p := &hubProcess{cmd, make(chan error, 1)}
	go func() { p.ended <- cmd.Wait() }()
	tb.Cleanup(p.kill)
	return p
}

func (p *hubProcess) kill() {
	_ = p.cmd.Process.Kill()
	p.ended <- <-p.ended
}

// family lists the processes that p has started.
func (p *hubProcess) family() (pids []int) {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.cmd.Process.Pid))
	for _, t := range threads {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", p.cmd.Process.Pid, t.Name()))
		for _, f := range strings.Fields(string(b)) {
			var pid int
			if _, err := fmt.Sscan(f, &pid); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// awaitHub waits until the workspace's hub is ready, and reports whether it is.
func awaitHub(tb testing.TB, root string, limit time.Duration) bool {
	tb.Helper()
	deadline := time.Now().Add(limit)
	for time.Now().Before(deadline) {
		if st, err := askHub(root); err == nil && st.Phase == hub.PhaseReady {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func askHub(root string) (hub.Status, error) {
	r, err := hub.Attach(context.Background(), root)
	if err != nil {
		return hub.Status{}, err
	}
	defer r.Close()
	return r.Status(context.Background())
}

// killAll ends every process that may be the hub of root, or about to become it.
func killAll(root string, pids ...int) {
	d := bonesdir.At(root)
	for range 3 { // one may just have been started by another
		pids = append(pids, owner.Keepers(d)...)
		if pid, ok := hub.IsRunning(root); ok && pid != os.Getpid() {
			pids = append(pids, pid)
		}
		for _, sig := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL} { // none outlives another
			for _, pid := range pids {
				_ = syscall.Kill(pid, sig)
			}
		}
	}
	for _, pid := range pids {
		for range 1000 {
			if !proc.Alive(pid) {
				break
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
}
