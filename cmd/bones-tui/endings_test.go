package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
)

// ending is a way in which the dashboard can end. docs/operating.md has the table.
type ending struct {
	how     string
	breaks  string            // how the program breaks at SIGUSR1
	attach  bool              // the hub is another process's
	end     func(*lastMoment) // makes it end
	code    int
	crash   string // what the one line and the report say, a regular expression; "": it is no crash
	stack   string // what the report's stack holds
	revives bool   // nobody has asked for the end of the hub: it goes on in another process
}

var endings = []ending{
	{how: "q, then stop", end: (*lastMoment).stopAndQuit},
	{how: "q, attached", attach: true, end: func(m *lastMoment) { m.term.Key("q") }},
	{how: "SIGTERM", end: signalShield(syscall.SIGTERM)},
	{how: "SIGINT", end: signalShield(syscall.SIGINT)},
	{how: "SIGHUP", end: signalShield(syscall.SIGHUP)},
	{
		how: "SIGQUIT", end: signalShield(syscall.SIGQUIT),
		code: 2, crash: `SIGQUIT: quit`, stack: "goroutine ", revives: true,
	},
	{
		how: "panic in Update", breaks: "update", end: breakIt,
		code: 1, crash: `panic: ` + breakText, stack: "tui.(*model).Update", revives: true,
	},
	{
		how: "panic in View", breaks: "view", end: breakIt,
		code: 1, crash: `panic: ` + breakText, stack: "tui.(*model).View", revives: true,
	},
	{
		how: "panic in a command", breaks: "cmd", end: breakIt,
		code: 1, crash: `panic: ` + breakText, stack: "breakingHub.Status", revives: true,
	},
	{
		how: "panic in a goroutine", breaks: "goroutine", end: breakIt,
		code: 2, crash: `panic: ` + breakText, stack: "(*breaker).now", revives: true,
	},
	{
		how: "fatal error of the runtime", breaks: "fatal", end: breakIt,
		code: 2, crash: `exit status 2`, stack: "(*breaker).now", revives: true, // Go keeps its first line from the report
	},
	{how: "os.Exit", breaks: "exit", end: breakIt, code: 3, crash: `exit status 3`, revives: true},
	{how: "SIGKILL of the dashboard", end: signalChild(syscall.SIGKILL), code: 128 + 9, crash: `signal: killed`, revives: true},
}

func signalShield(s os.Signal) func(*lastMoment) { return func(m *lastMoment) { m.term.Signal(s) } }

// signalChild signals the process that owns the hub.
func signalChild(s syscall.Signal) func(*lastMoment) {
	return func(m *lastMoment) {
		if err := syscall.Kill(m.child, s); err != nil {
			m.t.Fatal(err)
		}
	}
}

func breakIt(m *lastMoment) { signalChild(syscall.SIGUSR1)(m) }

// lastMoment is a dashboard that is about to end.
type lastMoment struct {
	t     *testing.T
	term  *termtest.Terminal
	root  string
	child int // the process that owns the hub
}

func (m *lastMoment) stopAndQuit() {
	m.term.Key("q")
	m.term.WaitFor("Cancel")
	pickAfterGrace(m.term, "y", "Cancel")
}

// TestEveryEndingLeavesAUsableTerminal ends the dashboard in every way: the terminal
// is as it was before, the exit code tells, and a crash has a report with its stack,
// to which one line leads.
func TestEveryEndingLeavesAUsableTerminal(t *testing.T) {
	for _, e := range endings {
		t.Run(e.how, func(t *testing.T) {
			t.Parallel()
			root := newWorkspace(t)
			if e.attach {
				startBackgroundHub(t, root)
			}
			cmd := program(t, root, "--mouse")
			cmd.Env = append(cmd.Env, breakEnv+"="+e.breaks)
			m := &lastMoment{t: t, root: root, term: termtest.Start(t, cmd, 120, 30)}
			m.awaitScreen(e.attach)
			e.end(m)
			if code := m.term.Exit(); code != e.code {
				t.Errorf("exit code %d, want %d", code, e.code)
			}
			if err := m.term.Restored(); err != nil {
				t.Error(err)
			}
			m.checkReport(e, filepath.Join(homeOf(cmd), "state", "bones-tui"))
			switch {
			case e.revives:
				m.checkRevival()
			case !e.attach:
				checkFiles(t, root)
			}
		})
	}
}

// awaitScreen waits until the screen shows a hub that answers.
func (m *lastMoment) awaitScreen(attached bool) {
	m.t.Helper()
	if attached {
		m.term.WaitFor("ATTACHED")
	} else {
		m.term.WaitFor("RUNNING owned")
	}
	if m.term.Restored() == nil {
		m.t.Fatal("the terminal is not in use, so nothing could be restored")
	}
	m.child, _ = hub.IsRunning(m.root)
}

// checkRevival waits for the hub that takes the place of the one that ended, and ends it.
func (m *lastMoment) checkRevival() {
	m.t.Helper()
	m.t.Cleanup(func() { _ = hub.Stop(m.root, hub.WithForce(true)) })
	ctx, cancel := context.WithTimeout(m.t.Context(), 30*time.Second)
	defer cancel()
	if err := hub.AwaitReady(ctx, m.root); err != nil {
		m.t.Errorf("no hub goes on: %v", err)
	}
	pid, _ := hub.IsRunning(m.root)
	if pid == m.child || !strings.Contains(string(m.term.Output()), fmt.Sprintf("the hub runs on in the background (pid %d)", pid)) {
		m.t.Errorf("the hub was %d and is %d; the operator reads:\n%s", m.child, pid, m.term.Screen())
	}
}

// checkReport looks for the report of a crash and for the one line that names it.
func (m *lastMoment) checkReport(e ending, dir string) {
	m.t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	if err != nil {
		m.t.Fatal(err)
	}
	if e.crash == "" {
		if len(found) > 0 || strings.Contains(string(m.term.Output()), "crashed") {
			m.t.Errorf("an orderly end has a crash report: %v", found)
		}
		return
	}
	if len(found) != 1 {
		m.t.Fatalf("%d crash reports; the operator reads:\n%s", len(found), m.term.Screen())
	}
	// The line may be wider than the terminal: look for it in what was written.
	line := regexp.MustCompile(`(?m)(?:^|\r)bones-tui: the dashboard crashed \(` + e.crash + `[^\n]*\); report: ` + regexp.QuoteMeta(found[0]) + `\r?$`)
	if !line.Match(m.term.Output()) {
		m.t.Errorf("no line names %s:\n%s", found[0], m.term.Screen())
	}
	report, err := os.ReadFile(found[0])
	if err != nil {
		m.t.Fatal(err)
	}
	if !regexp.MustCompile(e.crash).Match(report) || !strings.Contains(string(report), e.stack) {
		m.t.Errorf("the report lacks %q or %q:\n%.2000s", e.crash, e.stack, report)
	}
}

// TestClosedTerminalLeavesNoHub closes the window: there is no terminal any more, but
// there are agents that must not be cut off in the middle.
func TestClosedTerminalLeavesNoHub(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	cmd := program(t, root)
	term := termtest.Start(t, cmd, 80, 24)
	term.WaitFor("RUNNING owned")
	term.Hangup()
	term.Exit()
	checkFiles(t, root)
	if found, _ := filepath.Glob(filepath.Join(homeOf(cmd), "state", "bones-tui", "crash-*.txt")); len(found) > 0 {
		t.Errorf("a closed terminal counts as a crash: %v", found)
	}
}

// TestKilledShieldLeavesAUsableTerminal kills the parent: the dashboard hears of it,
// drains, and restores the terminal by itself.
func TestKilledShieldLeavesAUsableTerminal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a child that its parent has died")
	}
	t.Parallel()
	root := newWorkspace(t)
	cmd := program(t, root)
	// A shell that outlives it: its own end would close the terminal under the dashboard.
	shell := exec.Command("sh", "-c", `"$0" </dev/tty & echo $! > shield.pid; wait $!; echo "it ended with $?"; read -r answer`, cmd.Path)
	shell.Dir, shell.Env = cmd.Dir, cmd.Env
	term := termtest.Start(t, shell, 100, 30)
	term.WaitFor("RUNNING owned")
	var shield int
	b, err := os.ReadFile(filepath.Join(root, "shield.pid"))
	if _, serr := fmt.Sscan(string(b), &shield); err != nil || serr != nil {
		t.Fatal(err, serr)
	}
	if err := syscall.Kill(shield, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	term.WaitFor("it ended with 137")
	term.WaitFor("hub stopped")
	if err := term.Restored(); err != nil {
		t.Error(err)
	}
	checkFiles(t, root)
	term.Key("enter")
	term.Exit()
}

// TestSuspendAndResume suspends an attached dashboard: the shell finds a usable
// terminal, and the dashboard finds its own again.
func TestSuspendAndResume(t *testing.T) {
	needPeer(t, "bash")
	t.Parallel()
	root := newWorkspace(t)
	startBackgroundHub(t, root)
	cmd := program(t, root, "--mouse")
	shell := exec.Command("bash", "--norc", "--noediting", "-i")
	shell.Dir, shell.Env = cmd.Dir, append(cmd.Env, "PS1=ready$ ", "PROGRAM="+cmd.Path)
	term := termtest.Start(t, shell, 100, 30)
	term.WaitFor("ready$")
	term.Type("$PROGRAM --mouse\r")
	term.WaitFor("ATTACHED")
	term.Key("ctrl+z")
	term.WaitForFunc("the shell", func(f termtest.Frame) bool { return f.Has("Stopped") && !f.Has("ATTACHED") })
	if err := term.Restored(); err != nil {
		t.Error(err)
	}
	term.Type("fg\r")
	term.WaitFor("ATTACHED")
	term.Key("q")
	term.WaitFor("detached; the hub keeps running")
	term.Type("echo it ended with $?\r")
	term.WaitFor("it ended with 0")
	if err := term.Restored(); err != nil {
		t.Error(err)
	}
	term.Type("exit\r")
	term.Exit()
}

// startBackgroundHub starts a hub of its own process and stops it when the test ends.
func startBackgroundHub(t *testing.T, root string) {
	t.Helper()
	if out, err := program(t, root, "hub", "start", "--detach").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := program(t, root, "hub", "stop", "--force").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// An answer of the terminal to a program that has ended is typed into the shell; and a
// screen that has crashed may still read it, so that who waits for it waits for ever.
func TestAnErrorAsksTheTerminalNothing(t *testing.T) {
	cmd := program(t, t.TempDir(), "hub", "status")
	term := termtest.Start(t, cmd, 120, 30)
	if code := term.Exit(); code != exitNowhere {
		t.Errorf("exit code %d", code)
	}
	if out := string(term.Output()); strings.ContainsRune(out, '\x1b') || !strings.Contains(out, "no workspace") {
		t.Errorf("%q", out)
	}
}
