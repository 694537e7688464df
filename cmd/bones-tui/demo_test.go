package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
)

// demoProgram is `bones-tui demo` with a directory for temporary files, and a home,
// of its own.
func demoProgram(t *testing.T, args ...string) (cmd *exec.Cmd, tmp string) {
	t.Helper()
	tmp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd = program(t, tmp, append([]string{"demo"}, args...)...)
	cmd.Env = append(cmd.Env, "TMPDIR="+tmp, "BONES_DIR="+filepath.Join(tmp, "not-here"))
	return cmd, tmp
}

// waitForAgents waits until every pane has something to show.
func waitForAgents(term *termtest.Terminal) {
	term.WaitForFunc("every pane alive", func(f termtest.Frame) bool {
		return f.Has("NATS  ● ok") && f.Has("FOSSIL  ● ok") && f.Has("slot-auth") && f.Has("remote") && f.Has("tasks.create")
	})
}

func TestDemoLeavesNothing(t *testing.T) {
	for name, end := range map[string]func(*termtest.Terminal, string){
		"SIGTERM":              func(term *termtest.Terminal, _ string) { term.Signal(syscall.SIGTERM) },
		"closed terminal":      func(term *termtest.Terminal, _ string) { term.Hangup() },
		"SIGKILL of the child": func(_ *termtest.Terminal, root string) { killOwner(t, root) },
	} {
		t.Run(name, func(t *testing.T) {
			cmd, tmp := demoProgram(t)
			term := termtest.Start(t, cmd, 120, 40)
			waitForAgents(term)
			end(term, filepath.Join(tmp, "bones-demo", "webapp"))
			term.Exit()
			if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			rows, _ := filepath.Glob(filepath.Join(homeOf(cmd), ".bones", "workspaces", "*"))
			if len(rows) > 0 {
				t.Errorf("registered: %v", rows)
			}
		})
	}
}

// killOwner kills the process that hub.pid names.
func killOwner(t *testing.T, root string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".bones", "hub.pid"))
	if err != nil {
		t.Error(err)
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Error(err)
		return
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}

// homeOf is the last HOME that a command's environment names.
func homeOf(cmd *exec.Cmd) (home string) {
	for _, kv := range cmd.Env {
		if v, ok := strings.CutPrefix(kv, "HOME="); ok {
			home = v
		}
	}
	return home
}

func TestDemoCanBeKept(t *testing.T) {
	cmd, tmp := demoProgram(t, "--keep", "--seed", "3")
	term := termtest.Start(t, cmd, 120, 40)
	waitForAgents(term)
	term.Signal(syscall.SIGTERM)
	term.WaitFor("the workspace is " + filepath.Join(tmp, "bones-demo", "webapp"))
	if code := term.Exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	checkFiles(t, filepath.Join(tmp, "bones-demo", "webapp"))
}

// A dashboard that is killed has no part in what becomes of a workspace that is to be kept.
func TestAKeptDemoOutlivesItsDashboard(t *testing.T) {
	cmd, tmp := demoProgram(t, "--keep")
	root := filepath.Join(tmp, "bones-demo", "webapp")
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) }) // its keeper has started it again
	term := termtest.Start(t, cmd, 120, 40)
	waitForAgents(term)
	killOwner(t, root)
	term.Exit()
	for _, kept := range []string{".git", ".bones/hub.fossil"} {
		if _, err := os.Stat(filepath.Join(root, kept)); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(string(term.Output()), "the workspace is "+root) {
		t.Error("nobody is told where it is")
	}
}

func TestDemoMakesItsOwnWorkspace(t *testing.T) {
	cmd, _ := demoProgram(t, "--root", ".")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitUsage || !strings.Contains(string(out), "--root") {
		t.Errorf("%v: %s", err, out)
	}
}
