package hub_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
)

// trackState has git track a file of the state directory.
func trackState(t *testing.T, root, name string) {
	t.Helper()
	write(t, root, ".bones/"+name, "x\n", 0o600)
	runGit(t, root, "add", "-f", ".bones/"+name)
}

// What says who and what, and what is only added to, may have come with a check-out.
func TestHarmlessTrackedStateIsLeftOut(t *testing.T) {
	root := newWorkspace(t)
	names := []string{
		"agent.id", "workspace_name", "scaffold_version", ".gitignore", "hub.log", "hub.log.3", "hub.stderr.log", "swarm-events.jsonl", "swarm/auth/log",
	}
	for _, name := range names {
		trackState(t, root, name)
	}
	commitAll(t, root, "state")
	h := startHub(t, root)
	defer stopHub(t, h)
	const told = `hub: 9 tracked files not seeded: in the hub's state directory; the first is ".bones/.gitignore"`
	if n := toldTimes(t, root, told); n != 1 {
		t.Errorf("hub.log says %d times: %s", n, told)
	}
	if st := statusOf(t, h); st.Fossil.Tip == nil || !strings.HasPrefix(st.Fossil.Tip.Comment, "session base: ") {
		t.Errorf("tip %+v", st.Fossil.Tip)
	}
}

// Whatever else git tracks there refuses a start before anything of it is opened, with or
// without a repository, and a doctor says the same.
func TestTrackedStateRefusesAStart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"hub.fossil", "hub.fossil-wal", "hub.pid", "hub.lock", "hub-nats-url", "last-applied", "coord.marks", "coord/jetstream/x", "recovery/x", "swarm/auth/leaf.pid",
		"swarm/auth/wt/x", "swarm/auth/wt/log", "swarm/log", "hub.log.d/x", "AGENT.ID", "agent.id/x", "other",
	} {
		t.Run(name, func(t *testing.T) {
			root := newWorkspace(t)
			trackState(t, root, name)
			h, err := hub.New(root)
			if err != nil {
				t.Fatal(err)
			}
			before := allFiles(t, root)
			for what, err := range map[string]error{"Check": h.Check(t.Context()), "Run": h.Run(t.Context())} {
				expectTracked(t, what, err, ".bones/"+name)
			}
			if after := allFiles(t, root); after != before {
				t.Errorf("a refused start has left\n%s, there was\n%s", after, before)
			}
			expectFinding(t, root, "git", findings.GradeFail, ".bones/"+name)
		})
	}
}

func TestTrackedStateRefusesAStartOverARepository(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	runGit(t, root, "add", "-f", ".bones/hub.fossil")
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	expectTracked(t, "Run", h.Run(t.Context()), ".bones/hub.fossil")
	expectFinding(t, root, "git", findings.GradeFail, ".bones/hub.fossil")
	_, err = hub.Reseed(t.Context(), root)
	expectTracked(t, "Reseed", err, ".bones/hub.fossil")
	_, err = hub.Restart(t.Context(), root, hub.RestartOptions{})
	expectTracked(t, "Restart", err, ".bones/hub.fossil")

	runGit(t, root, "rm", "-q", "-r", "-f", ".bones")
	stopHub(t, startHub(t, root)) // as the error advises
}

// A state directory somewhere else in the work tree is no less the hub's, and what leads
// to it neither.
func TestTrackedStateIsFoundWhereItWasMoved(t *testing.T) {
	for tracked, link := range map[string]string{"state/dir/hub.fossil": "", "state": "../outside", ".bones/hub.fossil": ""} {
		t.Run(tracked, func(t *testing.T) {
			root := newWorkspace(t)
			t.Setenv("BONES_DIR", filepath.Join(root, "state", "dir"))
			if link != "" {
				if err := os.Symlink(link, filepath.Join(root, tracked)); err != nil {
					t.Fatal(err)
				}
			} else {
				write(t, root, tracked, "x", 0o600)
			}
			runGit(t, root, "add", "-f", tracked)
			h, err := hub.New(root)
			if err != nil {
				t.Fatal(err)
			}
			expectTracked(t, "Check", h.Check(t.Context()), tracked)
		})
	}
}

// What keeps a hub from coming back is found before the one that runs is stopped.
func TestRestartIsRefusedBeforeAnythingStops(t *testing.T) {
	for name, c := range map[string]struct {
		spoil    func(t *testing.T, root string)
		onlyFor  string // a plain restart goes on with the repository that is there
		expected error
	}{
		"state tracked": {func(t *testing.T, root string) { t.Helper(); trackState(t, root, "coord.marks") }, "", hub.ErrTrackedState},
		"git gone": {func(t *testing.T, root string) {
			t.Helper()
			if err := os.Rename(filepath.Join(root, ".git"), filepath.Join(root, "git")); err != nil {
				t.Fatal(err)
			}
		}, "reseed", hub.ErrSeedPrecondition},
		"legacy worktrees": {func(t *testing.T, root string) { t.Helper(); write(t, root, ".claude/worktrees/agent-1/x", "x", 0o600) }, "", hub.ErrStaleClaudeWorktrees},
	} {
		for _, verb := range []string{"restart", "reseed"} {
			if c.onlyFor != "" && c.onlyFor != verb {
				continue
			}
			t.Run(name+", "+verb, func(t *testing.T) {
				root := newWorkspace(t)
				h := startHub(t, root)
				c.spoil(t, root)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				if err := h.Shutdown(ctx, hub.WithRestart(true), hub.WithForce(true), hub.WithFreshRepository(verb == "reseed")); !errors.Is(err, c.expected) {
					t.Errorf("asked on the screen: %v, want %v", err, c.expected)
				}
				if _, err := hub.Restart(ctx, root, hub.RestartOptions{Reseed: verb == "reseed"}); !errors.Is(err, c.expected) {
					t.Errorf("asked from elsewhere: %v, want %v", err, c.expected)
				}
				if st := statusOf(t, h); st.Phase != hub.PhaseReady {
					t.Errorf("afterwards the hub is %s", st.Phase)
				}
			})
		}
	}
}

func expectTracked(t *testing.T, what string, err error, name string) {
	t.Helper()
	var seed *hub.SeedError
	if !errors.Is(err, hub.ErrTrackedState) || !errors.As(err, &seed) {
		t.Errorf("%s = %v, want ErrTrackedState", what, err)
		return
	}
	if !strings.Contains(seed.Reason, name) || !strings.Contains(seed.Next, "git rm -r") || !strings.Contains(seed.Next, "--trust-state") || strings.Contains(seed.Error(), "--cached") {
		t.Errorf("%s = %v", what, err)
	}
}

func expectFinding(t *testing.T, root, check string, grade findings.Grade, text string) {
	t.Helper()
	found := checkup.Run(t.Context(), root)
	for _, f := range found {
		if f.Check == check && f.Grade == grade && strings.Contains(f.Text, text) {
			return
		}
	}
	t.Errorf("no finding of %s says %s: %+v", check, text, found)
}

// allFiles lists a workspace but for what git keeps.
func allFiles(t *testing.T, root string) string {
	t.Helper()
	cmd := exec.Command("find", ".", "-path", "./.git", "-prune", "-o", "-print")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
