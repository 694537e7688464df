package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestBuiltBinaryInTmux runs the released program where most operators run it.
func TestBuiltBinaryInTmux(t *testing.T) {
	needPeer(t, "tmux")
	bin := released(t)
	root := newWorkspace(t)
	mux := newTmux(t, root, bin, 120, 40)
	mux.waitFor("RUNNING owned")
	mux.run("send-keys", "-t", "t", "?")
	mux.waitFor("filter")
	mux.run("resize-window", "-t", "t", "-x", "80", "-y", "24")
	mux.run("send-keys", "-t", "t", "Escape")
	mux.waitFor("q quit")

	mux.run("kill-session", "-t", "t") // the operator closes the window
	deadline := time.Now().Add(30 * time.Second)
	for {
		if _, err := os.Stat(filepath.Join(root, ".bones", "hub.pid")); os.IsNotExist(err) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the hub did not end with its window")
		}
		time.Sleep(20 * time.Millisecond)
	}
	checkFiles(t, root)
}

// needPeer skips a test whose peer is missing; in CI that is a failure.
func needPeer(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("SKIPPED, NOT TESTED: %s is not installed", name)
}

// tmux is a server of its own with one session, t.
type tmux struct {
	t      *testing.T
	home   string // of what runs in it, and its state
	socket string
}

func newTmux(t *testing.T, dir, command string, width, height int) *tmux {
	t.Helper()
	home := t.TempDir()
	m := &tmux{t: t, home: home, socket: filepath.Join(home, "s")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", m.socket, "kill-server").Run() })
	m.run("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), "-c", dir,
		"env HOME="+home+" XDG_STATE_HOME="+home+" "+command)
	return m
}

func (m *tmux) run(args ...string) string {
	m.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", m.socket}, args...)...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (m *tmux) waitFor(text string) {
	m.t.Helper()
	m.waitUntil(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// waitUntil polls what the terminal shows.
func (m *tmux) waitUntil(what string, ok func(screen string) bool) {
	m.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		screen := m.screen()
		if ok(screen) {
			return
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("no %q on the screen:\n%s", what, screen)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (m *tmux) screen() string {
	m.t.Helper()
	return m.run("capture-pane", "-p", "-t", "t")
}
