package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"bones-tui/hub"
)

// TestMain makes the test binary the program itself when it is started as
// "bones-tui", by a script, by a terminal test, or as its own child.
func TestMain(m *testing.M) {
	hub.ServeChild() // commands run in this process too
	testscript.Main(cleaning{m}, map[string]func(){"bones-tui": main})
}

// cleaning removes the released program when all tests have run.
type cleaning struct{ m *testing.M }

func (c cleaning) Run() int {
	defer func() { _ = os.RemoveAll(releasedDir) }()
	return c.m.Run()
}

// releasedDir is where the released program is, "" until it is built.
var releasedDir string

// released is the program in the form in which it is released, without the race detector and
// the test's help, which together make a command several times as slow.
func released(tb testing.TB) string {
	tb.Helper()
	bin, err := buildReleased()
	if err != nil {
		tb.Fatal(err)
	}
	return bin
}

var buildReleased = sync.OnceValues(func() (bin string, err error) {
	if releasedDir, err = os.MkdirTemp("", "bones-tui-released-"); err != nil {
		return "", err
	}
	bin = filepath.Join(releasedDir, "bones-tui")
	cmd := exec.Command("go", "build", "-trimpath", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
})

// programEnv has the test binary run as the program: testscript installs it under
// the program's name in PATH, but a child that starts os.Executable again arrives
// under the test binary's.
const programEnv = "BONES_TUI_TEST_RUN_PROGRAM"

func init() {
	if os.Getenv(programEnv) != "1" {
		return
	}
	if how := os.Getenv(breakEnv); how != "" {
		hub.ServeChild()
		os.Exit(runBreakable(how))
	}
	main()
}

// program is a command that runs the dashboard's own program in a workspace with
// a home of its own.
func program(tb testing.TB, root string, args ...string) *exec.Cmd {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = root
	home := tb.TempDir()
	cmd.Env = append(os.Environ(), programEnv+"=1", "HOME="+home, "XDG_STATE_HOME="+filepath.Join(home, "state"),
		"XDG_CONFIG_HOME="+filepath.Join(home, "config"), "TERM=xterm-256color", "COLORTERM=truecolor", "TZ=UTC")
	return cmd
}

// newWorkspace makes a git repository with one commit.
func newWorkspace(tb testing.TB) string {
	tb.Helper()
	root, err := filepath.EvalSymlinks(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	root = filepath.Join(root, "webapp")
	tb.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) }) // a killed dashboard leaves its hub to the keeper
	if err := os.MkdirAll(filepath.Join(root, "src"), 0o755); err != nil {
		tb.Fatal(err)
	}
	for i := range 3 {
		name := filepath.Join(root, "src", fmt.Sprintf("file%d.txt", i))
		if err := os.WriteFile(name, fmt.Appendf(nil, "content %d\n", i), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"add", "-A"},
		{"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "init"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return root
}
