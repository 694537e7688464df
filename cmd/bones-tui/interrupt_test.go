//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
)

// TestSecondInterruptEndsWhatWaits interrupts commands that cannot end by themselves: two
// whose reader does not read, and a restart whose successor does not come up.
func TestSecondInterruptEndsWhatWaits(t *testing.T) {
	for name, start := range map[string]func(t *testing.T, p *place) *exec.Cmd{
		"activity -f": unread((*place).command, "activity", "-f"),
		"logs -f":     unread((*place).command, "logs", "-f"),
		"logs -f &":   unread((*place).background, "logs", "-f"),
		"hub restart": waitingRestart,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, newWorkspace(t))
			p.start(t)
			appendLog(t, p.root, 2000)
			cmd := start(t, p)
			ended := make(chan struct{})
			go func() { defer close(ended); _ = cmd.Wait() }()
			t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			limit := time.After(whosePatience)
			for signals := 0; ; {
				if signals < 2 {
					must(t, cmd.Process.Signal(os.Interrupt))
					signals++
				}
				select {
				case <-ended:
				case <-limit:
					t.Fatal("it does not end")
				case <-tick.C:
					continue
				}
				break
			}
			if v := hub.Whose(p.root); v.PID != p.hub || !v.Serving {
				t.Errorf("the hub was %d, and now %+v", p.hub, v)
			}
		})
	}
}

// unread makes commands whose output nobody reads, and which are stuck.
func unread(command func(*place, *testing.T, ...string) *exec.Cmd, args ...string) func(*testing.T, *place) *exec.Cmd {
	return func(t *testing.T, p *place) *exec.Cmd {
		t.Helper()
		return stuck(t, p, command(p, t, args...))
	}
}

// background is a command as a shell without job control puts it in the background, where
// interrupts are ignored.
func (p *place) background(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	direct := p.command(t, args...)
	cmd := exec.Command("sh", append([]string{"-c", `trap "" INT; exec "$@"`, "sh"}, direct.Args...)...)
	cmd.Dir, cmd.Env = direct.Dir, direct.Env
	return cmd
}

func stuck(t *testing.T, p *place, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	var events strings.Builder
	for range 500 {
		events.WriteString(`{"ts":"2026-03-02T09:00:00.5Z","event":"slot_join","slot":"auth","task_id":"t-7c92","agent_id":"slot-auth"}` + "\n")
	}
	must(t, os.WriteFile(filepath.Join(p.state, "swarm-events.jsonl"), []byte(events.String()), 0o600))
	r, w, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	size, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 4096)
	must(t, err)
	cmd.Stdout = w
	must(t, cmd.Start())
	must(t, w.Close())
	await(t, "a full pipe", func() bool {
		n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ)
		return err == nil && n > size/2
	})
	return cmd
}

// waitingRestart starts a restart whose new hub waits for git.
func waitingRestart(t *testing.T, p *place) *exec.Cmd {
	t.Helper()
	p.run(t, "hub", "stop")
	asked, _ := slowGit(t, p, true)
	goOn := filepath.Join(filepath.Dir(asked), "go")
	must(t, os.WriteFile(goOn, nil, 0o600))
	p.start(t)
	must(t, os.Remove(asked))
	must(t, os.Remove(goOn))
	cmd := p.command(t, "hub", "restart")
	must(t, cmd.Start())
	await(t, "git", func() bool { _, err := os.Stat(asked); return err == nil })
	return cmd
}

// TestRestartUnderADashboard has the hub of a dashboard replaced from another shell: the
// dashboard lives and shows the new one, and at no moment is there none.
func TestRestartUnderADashboard(t *testing.T) {
	for _, verb := range []string{"restart", "reseed"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, newWorkspace(t))
			term := termtest.Start(t, p.command(t), 120, 30)
			term.WaitFor("RUNNING owned")
			old, _ := hub.IsRunning(p.root)
			over := make(chan struct{})
			var looking sync.WaitGroup
			looks := 0
			looking.Go(func() {
				for ; ; looks++ {
					if v := hub.Whose(p.root); v.Answer == hub.OwnedFree {
						t.Errorf("look %d: %+v", looks, v)
					}
					select {
					case <-over:
						return
					case <-time.After(time.Millisecond):
					}
				}
			})
			got := p.run(t, "hub", verb)
			close(over)
			looking.Wait()
			now, ok := hub.IsRunning(p.root)
			if got.code != 0 || !ok || now == old || !strings.Contains(got.err, "has handed over") {
				t.Errorf("%+v; the hub was %d and is %d", got, old, now)
			}
			term.WaitForFunc("the new hub", func(f termtest.Frame) bool { return p.fits(`ATTACHED +pid `, f.String()) })
			if !p.withHub(now).fits(`ATTACHED +pid {pid}`, term.Frame().String()) {
				t.Errorf("the new hub is %d:\n%s", now, term.Frame())
			}
			term.Signal(syscall.SIGTERM)
			if code := term.Exit(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if again, _ := hub.IsRunning(p.root); again != now {
				t.Errorf("with the dashboard the hub went from %d to %d", now, again)
			}
			p.run(t, "hub", "stop")
			t.Logf("looked %d times", looks)
		})
	}
}

func (p *place) withHub(pid int) *place {
	p.hub = pid
	return p
}
