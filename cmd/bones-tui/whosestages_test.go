//go:build linux

package main

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
	"bones-tui/hub/proc"
)

func copies(flags string, of func(*whoseWorld) string) func(*testing.T, *whoseWorld) fresh {
	return func(_ *testing.T, w *whoseWorld) fresh {
		return func(t *testing.T, _ asker) *place { t.Helper(); return copyOf(t, of(w), flags).list(t) }
	}
}

func linkedWorktrees(t *testing.T, w *whoseWorld) fresh {
	t.Helper()
	main := copyOf(t, w.running.root, "-r") // git notes each worktree in its main one
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		tree := filepath.Join(realTemp(t), "tree")
		shell(t, `git -C "$1" worktree add -q --detach "$2" && cp -r "$3/.bones" "$2/"`, main.root, tree, w.running.root)
		return newPlace(t, tree).list(t)
	}
}

func movedStates(_ *testing.T, w *whoseWorld) fresh {
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		p := newPlace(t, newWorkspace(t))
		p.state = filepath.Join(realTemp(t), "state")
		p.env = []string{"BONES_DIR=" + p.state}
		shell(t, `cp -r "$1/.bones" "$2"`, w.running.root, p.state)
		return p.list(t)
	}
}

// restored has the state of a hub that ran when the backup was made, and is no more.
func restored(t *testing.T, _ *whoseWorld) fresh {
	t.Helper()
	p := newPlace(t, newWorkspace(t))
	p.start(t)
	backup := copyOf(t, p.root, "-a")
	if got := p.run(t, "hub", "stop"); got.code != 0 {
		t.Fatal(got)
	}
	return func(t *testing.T, _ asker) *place { t.Helper(); return copyOf(t, backup.root, "-a").list(t) }
}

// forged has a hub.pid that names somebody who never was the hub here.
func forged(by func(t *testing.T) int) func(*testing.T, *whoseWorld) fresh {
	return func(t *testing.T, w *whoseWorld) fresh {
		t.Helper()
		pid := by(t)
		return func(t *testing.T, _ asker) *place {
			t.Helper()
			p := copyOf(t, w.stopped.root, "-r")
			p.record(t, pid)
			return p.list(t)
		}
	}
}

func lookAlikes(_ *testing.T, w *whoseWorld) fresh {
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		p := copyOf(t, w.stopped.root, "-r")
		addresses := [2]string{freeAddress(t), freeAddress(t)}
		for i, file := range []string{"hub-fossil-url", "hub-nats-url"} {
			scheme := [2]string{"http://", "nats://"}[i]
			must(t, os.WriteFile(filepath.Join(p.state, file), []byte(scheme+addresses[i]+"\n"), 0o644))
		}
		p.record(t, stranger(t, "listen", addresses[0], addresses[1]))
		return p.list(t)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	return l.Addr().String()
}

// fossilServers has stock fossil serve the repository on the recorded port.
func fossilServers(_ *testing.T, w *whoseWorld) fresh {
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		p := copyOf(t, w.stopped.root, "-r")
		p.busy = true
		address := freeAddress(t)
		must(t, os.WriteFile(filepath.Join(p.state, "hub-fossil-url"), []byte("http://"+address+"\n"), 0o644))
		u, err := url.Parse("http://" + address)
		must(t, err)
		cmd := exec.Command("fossil", "server", "--localhost", "--port", u.Port(), filepath.Join(p.state, "hub.fossil"))
		cmd.Env = append(os.Environ(), "HOME="+p.home, "USER=tester")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		must(t, cmd.Start())
		t.Cleanup(func() {
			if !proc.Alive(cmd.Process.Pid) {
				t.Error("fossil's server was signalled")
			}
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			_ = cmd.Wait()
		})
		await(t, "fossil's server", func() bool {
			c, err := net.Dial("tcp", address)
			return err == nil && c.Close() == nil
		})
		return p.list(t)
	}
}

func foreignMarkers(_ *testing.T, w *whoseWorld) fresh {
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		p := copyOf(t, w.stopped.root, "-r")
		parent := filepath.Join(filepath.Dir(p.root), ".bones")
		must(t, os.Mkdir(parent, 0o755))
		must(t, os.WriteFile(filepath.Join(parent, "agent.id"), []byte("x\n"), 0o644))
		shell(t, `chown -R 65534 "$1"`, parent)
		return p.list(t)
	}
}

// spoilt has a hub that runs, about whom something is odd.
func spoilt(spoil func(t *testing.T, p *place)) func(*testing.T, *whoseWorld) fresh {
	return func(t *testing.T, _ *whoseWorld) fresh {
		t.Helper()
		p := newPlace(t, newWorkspace(t))
		return func(t *testing.T, _ asker) *place {
			t.Helper()
			if hub.Whose(p.root).Answer == hub.OwnedUncertain { // as it was left; this is the advice
				must(t, os.Remove(filepath.Join(p.state, "hub.pid")))
			}
			p.start(t)
			spoil(t, p)
			return p
		}
	}
}

// spellOtherwise has the root told by a link.
func spellOtherwise(t *testing.T, p *place) {
	t.Helper()
	link := filepath.Join(filepath.Dir(p.root), "link")
	if p.root == link {
		return
	}
	must(t, os.Symlink(p.root, link))
	p.root, p.state = link, filepath.Join(link, ".bones")
	t.Cleanup(func() { endFamily(t, link) })
}

// attachedRecord has hub.pid name a dashboard that is attached.
func attachedRecord(t *testing.T, p *place) {
	t.Helper()
	cmd := p.command(t, "--no-shield")
	term := termtest.Start(t, cmd, 100, 30)
	term.WaitFor("ATTACHED")
	p.record(t, cmd.Process.Pid)
}

func lockedByStranger(t *testing.T, w *whoseWorld) fresh {
	t.Helper()
	p := copyOf(t, w.stopped.root, "-r").list(t)
	stranger(t, "lock", filepath.Join(p.state, "hub.lock"))
	return func(*testing.T, asker) *place { return p }
}

// anothersState has a log that another user has planted.
func anothersState(t *testing.T, w *whoseWorld) fresh {
	t.Helper()
	p := copyOf(t, w.stopped.root, "-r").list(t)
	shell(t, `chown -R 65534 "$1"`, p.state)
	return func(*testing.T, asker) *place { return p }
}

// moved has a workspace renamed under its hub.
func moved(*testing.T, *whoseWorld) fresh {
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		p := newPlace(t, newWorkspace(t))
		p.start(t)
		to := newPlace(t, p.root+"-moved")
		must(t, os.Rename(p.root, to.root))
		to.home, to.hub = p.home, p.hub
		awaitLoss(t, to)
		return to
	}
}

// awaitLoss waits until the hub has noticed that it has lost its storage.
func awaitLoss(t *testing.T, p *place) {
	t.Helper()
	await(t, "the loss", func() bool {
		st, err := askStatus(t.Context(), p.root)
		return err == nil && st.Lost != ""
	})
}
