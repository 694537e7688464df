package owner_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/owner/ownertest"
)

func TestMain(m *testing.M) {
	ownertest.Main()
	goleak.VerifyTestMain(m)
}

// nobody is a user that is not us.
const nobody = 65534

// workspace returns a state directory as a stopped hub leaves it, which other users can
// reach.
func workspace(tb testing.TB) bonesdir.Dir {
	tb.Helper()
	root, err := os.MkdirTemp("", "owner")
	must(tb, err)
	tb.Cleanup(func() { must(tb, os.RemoveAll(root)) })
	must(tb, os.Chmod(root, 0o755))
	d := ownertest.Workspace(root)
	must(tb, os.Mkdir(d.State, 0o755))
	for _, name := range []string{"hub.lock", "hub.fossil", "hub.log"} {
		must(tb, os.WriteFile(filepath.Join(d.State, name), []byte(name), 0o644))
	}
	must(tb, ownertest.WriteURLs(d, 1, 2))
	return d
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// run runs a command that must succeed.
func run(tb testing.TB, dir, name string, args ...string) {
	tb.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "USER=tester")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// needs skips the test where a program is missing; in CI that is a failure.
func needs(tb testing.TB, program string) {
	tb.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("there is no %s", program)
		}
		tb.Skipf("SKIPPED, for there is no %s", program)
	}
}

func needsRoot(tb testing.TB) {
	tb.Helper()
	if os.Geteuid() != 0 {
		tb.Skip("SKIPPED, for only root can be another user")
	}
}

// record writes hub.pid by hand.
func record(tb testing.TB, d bonesdir.Dir, text string, written time.Time) {
	tb.Helper()
	must(tb, os.WriteFile(d.PIDFile(), []byte(text), 0o644))
	must(tb, os.Chtimes(d.PIDFile(), written, written))
}

func itoa(n int) string { return strconv.Itoa(n) }

// name is what the kernel calls a stand-in of this test binary.
func name(tb testing.TB, pid int) string {
	tb.Helper()
	comm, err := os.ReadFile("/proc/" + itoa(pid) + "/comm")
	must(tb, err)
	return string(comm[:len(comm)-1])
}

// process is how verdicts call a process.
func process(tb testing.TB, pid int) string {
	tb.Helper()
	return "process " + itoa(pid) + " (" + name(tb, pid) + ")"
}

// check asks, and compares the whole verdict.
func check(t *testing.T, d bonesdir.Dir, want owner.Verdict) {
	t.Helper()
	compare(t, owner.Whose(d), want)
}

func compare(t *testing.T, got, want owner.Verdict) {
	t.Helper()
	if got != want {
		t.Errorf("got\n\t%+v\nwant\n\t%+v", got, want)
	}
}

// held is the verdict about a hub that serves.
func held(pid int, role owner.Role) owner.Verdict {
	return owner.Verdict{Answer: owner.Held, PID: pid, Role: role, Serving: true, NATS: true}
}

// free is the verdict about a directory whose hub.pid is not so.
func free(stale string) owner.Verdict { return owner.Verdict{Answer: owner.Free, Stale: stale} }

// nothingOf is what is stale about a copy's hub.pid.
func nothingOf(tb testing.TB, pid int) string {
	tb.Helper()
	return "hub.pid names " + process(tb, pid) + ", which has nothing of this directory"
}

// eventually asks until the answer is the one wanted, or half a minute.
func eventually(t *testing.T, d bonesdir.Dir, want owner.Verdict) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); owner.Whose(d) != want && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	check(t, d, want)
}
