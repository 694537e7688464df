package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
	"bones-tui/slots"
)

// TestOperatorsFirstHour drives the program in a real terminal through what an
// operator does first: start, look, filter, be refused, force.
func TestOperatorsFirstHour(t *testing.T) {
	root := newWorkspace(t)
	term := termtest.Start(t, program(t, root), 120, 40)
	term.WaitFor("RUNNING owned")
	term.WaitForFunc("both services up", func(f termtest.Frame) bool {
		return f.Has("NATS  ● ok") && f.Has("FOSSIL  ● ok") && f.Has("session base:")
	})
	nc := connect(t, root)
	js := jetStream(t, nc)

	putSession(t, js, "auth")
	term.WaitForFunc("the slot", func(f termtest.Frame) bool { return f.Has("auth") && f.Has("active") })

	appendLog(t, root, 1000)
	term.WaitFor("line 999")
	term.Key("/")
	term.Type("line level>=warn")
	term.Key("enter")
	term.WaitForFunc("only warnings", func(f termtest.Frame) bool { return f.Has("line 990") && !f.Has("line 999") })

	term.Key("s")
	term.WaitForFunc("the refusal", func(f termtest.Frame) bool { return f.Has("Cancel") && f.Has("auth") && f.Has("wait") })
	if st, err := askStatus(t.Context(), root); err != nil || st.Phase != hub.PhaseReady {
		t.Fatalf("after a refused stop: %v, %v", st.Phase, err)
	}
	pickAfterGrace(term, "esc", "Cancel")

	nc.Close()
	forceStop(term)
	term.WaitFor("STOPPED")
	term.Key("q")
	if code := term.Exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	checkEnd(t, term, root)
}

func TestSecondDashboardAttaches(t *testing.T) {
	root := newWorkspace(t)
	first := termtest.Start(t, program(t, root), 100, 30)
	first.WaitFor("RUNNING owned")
	second := termtest.Start(t, program(t, root), 100, 30)
	second.WaitForFunc("the same hub", func(f termtest.Frame) bool {
		return f.Has("ATTACHED") && f.Has("NATS  ● ok") && f.Has("FOSSIL  ● ok") && f.Has("session base:")
	})
	second.Key("q")
	if code := second.Exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if err := second.Restored(); err != nil {
		t.Error(err)
	}
	if pid, ok := hub.IsRunning(root); !ok {
		t.Errorf("the hub is gone with the attached dashboard (pid %d)", pid)
	}

	third := termtest.Start(t, program(t, root), 100, 30)
	third.WaitFor("ATTACHED")
	pid, _ := hub.IsRunning(root)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	third.WaitForFunc("the loss", func(f termtest.Frame) bool { return !f.Has("● ATTACHED") })
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("the loss showed after %s", d)
	}
	third.Key("?") // and the screen is usable
	third.WaitFor("filter")
	first.WaitFor("crashed") // its shield restored the terminal
	if first.Exit(); first.Restored() != nil {
		t.Errorf("the killed dashboard's terminal: %v", first.Restored())
	}
}

// TestSecondDashboardFollows what the first one does with its hub, whose process lives
// on throughout: hand it over, stop it.
func TestSecondDashboardFollows(t *testing.T) {
	root := newWorkspace(t)
	start := func(state string) *termtest.Terminal {
		term := termtest.Start(t, program(t, root), 100, 30)
		term.WaitFor(state)
		return term
	}
	ask := func(term *termtest.Terminal, question, answer string) {
		term.Key(question)
		term.WaitFor("Cancel")
		pickAfterGrace(term, answer, "Cancel")
	}
	first, second := start("RUNNING owned"), start("ATTACHED")
	ask(first, "D", "b")
	first.WaitFor("ATTACHED")
	moved, ok := hub.IsRunning(root)
	if !ok {
		t.Fatal("nobody runs the hub")
	}
	second.WaitFor(fmt.Sprintf("ATTACHED   pid %d", moved))

	ask(first, "s", "y")
	first.WaitFor("STOPPED")
	second.WaitFor("STOPPED")
	first.Key("r")
	first.WaitFor("RUNNING owned")
	second.Key("r")
	second.WaitFor("ATTACHED")
	ask(first, "s", "y")
	first.WaitFor("STOPPED")
	second.WaitFor("STOPPED")
	for _, term := range []*termtest.Terminal{first, second} {
		if term.Frame().Has("went away") {
			t.Errorf("a stop looks like a loss:\n%s", term.Frame())
		}
	}
}

func TestRefusalsLeaveOneLineAndNothingElse(t *testing.T) {
	for name, tc := range map[string]struct {
		args    []string
		prepare []string // of git, in an empty directory
		says    string
	}{
		"no commit":      {prepare: []string{"init", "-q"}, says: "git commit"},
		"watch only":     {prepare: []string{"init", "-q"}, args: []string{"--read-only"}, says: "--read-only starts none"},
		"not repository": {says: "run it inside a git repository"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			if tc.prepare != nil {
				if out, err := exec.Command("git", append([]string{"-C", root}, tc.prepare...)...).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			term := termtest.Start(t, program(t, root, tc.args...), 100, 30)
			if code := term.Exit(); code != 1 {
				t.Errorf("exit code %d", code)
			}
			if err := term.Restored(); err != nil {
				t.Error(err)
			}
			lines := strings.Split(strings.TrimSpace(term.Frame().String()), "\n")
			if len(lines) > 2 || !strings.Contains(strings.Join(lines, ""), tc.says) {
				t.Errorf("the operator reads:\n%s", term.Frame())
			}
			if _, err := os.Stat(filepath.Join(root, ".bones")); err == nil {
				t.Error(".bones was created")
			}
		})
	}
}

func TestNoTerminalNamesTheHeadlessCommand(t *testing.T) {
	out, err := program(t, newWorkspace(t)).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "bones-tui hub start") {
		t.Errorf("%v: %s", err, out)
	}
}

// forceStop presses S, then F after the dialog's grace.
func forceStop(term *termtest.Terminal) {
	term.Key("S")
	term.WaitFor("Cancel")
	pickAfterGrace(term, "F", "Cancel")
}

// pickAfterGrace presses a key until the dialog has taken it: it ignores keys that
// were typed before anyone could have read it.
func pickAfterGrace(term *termtest.Terminal, key, until string) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 50 {
		if !term.Frame().Has(until) {
			return
		}
		term.Key(key)
		<-tick.C
	}
}

func checkEnd(t *testing.T, term *termtest.Terminal, root string) {
	t.Helper()
	if err := term.Restored(); err != nil {
		t.Error(err)
	}
	checkFiles(t, root)
}

// checkFiles looks at what a stopped hub leaves.
func checkFiles(t *testing.T, root string) {
	t.Helper()
	state := filepath.Join(root, ".bones")
	for _, gone := range []string{"hub.pid", "hub.fossil-wal", "hub.fossil-shm"} {
		if _, err := os.Lstat(filepath.Join(state, gone)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", gone)
		}
	}
	for _, kept := range []string{"hub-fossil-url", "hub-nats-url", "hub.fossil", "hub.log", ".gitignore"} {
		if _, err := os.Lstat(filepath.Join(state, kept)); err != nil {
			t.Errorf("%s: %v", kept, err)
		}
	}
	if resp, err := http.Get(readURL(t, state)); err == nil {
		resp.Body.Close()
		t.Error("the repository still answers")
	}
}

func readURL(t *testing.T, state string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(state, "hub-fossil-url"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b)) + "/healthz"
}

func connect(t *testing.T, root string) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(hub.NATSURL(root))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

func jetStream(t *testing.T, nc *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func putSession(t *testing.T, js jetstream.JetStream, slot string) {
	t.Helper()
	kv, err := js.KeyValue(t.Context(), slots.BucketSessions)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	record, err := slots.Session{
		Slot: slot, TaskID: "t-7c92", AgentID: "slot-" + slot, Host: host, StartedAt: time.Now(), LastRenewed: time.Now(),
	}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Put(t.Context(), slot, record); err != nil {
		t.Fatal(err)
	}
}

// appendLog adds n lines to hub.log as another writer would; each tenth is a WARN.
func appendLog(t *testing.T, root string, n int) {
	t.Helper()
	var b []byte
	for i := range n {
		level := "INFO"
		if i%10 == 0 {
			level = "WARN"
		}
		b = fmt.Appendf(b, `{"ts":%q,"level":%q,"event":"lifecycle","msg":"hub: line %d"}`+"\n", time.Now().UTC().Format(time.RFC3339), level, i)
	}
	f, err := os.OpenFile(hub.LogPath(root), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
}
