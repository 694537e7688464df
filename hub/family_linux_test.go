package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// longLimit is for what comes to pass on any machine.
const longLimit = 30 * time.Second

// relatives lists the processes that were started for the workspace at root: hubs, heirs
// and keepers. Zombies have no command line.
func relatives(tb testing.TB, root string) (found []string) {
	tb.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range names {
		line, _ := os.ReadFile(name)
		args := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
		if i := slices.Index(args, "--root"); i > 0 && i+1 < len(args) && args[i+1] == root {
			found = append(found, filepath.Base(filepath.Dir(name))+" "+strings.Join(args[1:i], " "))
		}
	}
	return found
}

// nobodyIsLeft says that the workspace is free, and that no process of its family lives.
func nobodyIsLeft(tb testing.TB, root string) {
	tb.Helper()
	d := bonesdir.At(root)
	l, err := owner.Take(d)
	if err != nil {
		tb.Errorf("the lock: %v", err)
	} else {
		_ = l.Close()
	}
	if left := relatives(tb, root); len(left) > 0 {
		tb.Errorf("left are %q", left)
	}
	if rec, err := d.ReadPID(); err == nil {
		tb.Errorf("hub.pid names %d", rec.PID)
	}
	for _, name := range []string{d.StderrLog(), d.StderrLog() + ".1"} {
		if text, _ := os.ReadFile(name); bytes.Contains(text, []byte("DATA RACE")) || bytes.Contains(text, []byte("panic:")) {
			tb.Errorf("%s:\n%s", filepath.Base(name), text)
		}
	}
}

// watchGit puts a git in front of git that notes who has called it and what it has been
// given. The returned function tells what the children of a process got.
func watchGit(t *testing.T) func(parent int) (calls int, got []string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := `#!/bin/sh
{
	for f in /proc/$$/fd/*; do echo "$PPID $(readlink "$f")"; done
	env | sed -n "s/^BONES_HUB_\(CHILD\|FOREGROUND\)=.*/$PPID variable \1/p"
	echo "$PPID called"
} >"` + dir + `/call.$$"
exec "` + git + `" "$@"
`
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func(parent int) (calls int, got []string) {
		names, _ := filepath.Glob(dir + "/call.*")
		for _, name := range names {
			for line := range strings.Lines(readFile(t, name)) {
				by, what, _ := strings.Cut(strings.TrimSpace(line), " ")
				if by != strconv.Itoa(parent) {
					continue
				}
				if what == "called" {
					calls++
					continue
				}
				if strings.Contains(what, "hub.lock") || strings.HasPrefix(what, "socket:") || strings.HasPrefix(what, "variable") || strings.HasSuffix(what, ".bones") {
					got = append(got, what)
				}
			}
		}
		return calls, got
	}
}

// What makes a workspace a family's must not get into other programs' hands, which keep it
// for as long as they live, however the hub that starts them has come up.
func TestGitInheritsNothing(t *testing.T) {
	root := newWorkspace(t)
	git := watchGit(t)
	check := func(how string, pid int) {
		t.Helper()
		calls, got := git(pid)
		if calls == 0 || len(got) > 0 {
			t.Errorf("%s hub: git was called %d times and got %q", how, calls, got)
		}
	}
	t.Cleanup(func() { killAll(root) })
	startDetached(t, root)
	check("a detached", recordedPID(t, root))
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}

	h := startHub(t, root)
	check("this process's", os.Getpid())
	if err := h.HandOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	heir := recordedPID(t, root)
	check("a successor", heir)

	if err := syscall.Kill(heir, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	within(t, longLimit, "up again", func() bool {
		st, err := askHub(root)
		return err == nil && st.Phase == hub.PhaseReady && st.PID != heir
	})
	check("a revived", recordedPID(t, root))
	if err := hub.Stop(root, hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}
	nobodyIsLeft(t, root)
}

func recordedPID(tb testing.TB, root string) int {
	tb.Helper()
	rec, err := bonesdir.At(root).ReadPID()
	if err != nil {
		tb.Fatal(err)
	}
	return rec.PID
}

func TestNobodyIsLeft(t *testing.T) {
	ends := map[string]func(t *testing.T, root string){
		"after a shutdown": func(t *testing.T, root string) { t.Helper(); stopHub(t, startHub(t, root)) },
		"after the context of Run": func(t *testing.T, root string) {
			t.Helper()
			h, err := hub.New(root)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-h.Ready(); cancel() }()
			if err := h.Run(ctx); err != nil {
				t.Error(err)
			}
		},
		"after a start that failed at its end": func(t *testing.T, root string) {
			t.Helper()
			h, err := hub.New(root)
			if err != nil {
				t.Fatal(err)
			}
			hub.AtStep(h, func(step string, undo bool) error {
				if step == "ready" && !undo {
					return fmt.Errorf("injected")
				}
				return nil
			})
			if err := h.Run(t.Context()); err == nil {
				t.Error("it came up")
			}
		},
		"after a hand-over and a stop": func(t *testing.T, root string) {
			t.Helper()
			if err := startHub(t, root).HandOver(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := hub.Stop(root); err != nil {
				t.Error(err)
			}
		},
		"after two hand-overs and a stop": func(t *testing.T, root string) {
			t.Helper()
			if err := startHub(t, root).HandOver(t.Context()); err != nil {
				t.Fatal(err)
			}
			if done, err := hub.Restart(t.Context(), root, hub.RestartOptions{}); err != nil || !done.Handed {
				t.Fatalf("%+v, %v", done, err)
			}
			if err := hub.Stop(root); err != nil {
				t.Error(err)
			}
		},
		"after a restart that is called off": func(t *testing.T, root string) {
			t.Helper()
			h := startHub(t, root)
			if err := h.Shutdown(t.Context(), hub.WithRestart(true)); err != nil {
				t.Fatal(err)
			}
			if err := h.LetGo(); err != nil {
				t.Error(err)
			}
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			root := newWorkspace(t)
			t.Cleanup(func() { killAll(root) })
			end(t, root)
			nobodyIsLeft(t, root)
		})
	}
}

// A start that nobody waits for any more must not come up later: its keeper would start it
// again after it was killed.
func TestNobodyIsLeftAfterACancelledStart(t *testing.T) {
	root := newWorkspace(t)
	t.Cleanup(func() { killAll(root) })
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		h, err := hub.New(root)
		if err != nil {
			t.Fatal(err)
		}
		err = hub.StartAndWait(cancelled, h, func() {
			if !awaitHub(t, root, longLimit) {
				t.Error("the hub does not come up")
			}
		})
		if errors.Is(err, context.Canceled) {
			nobodyIsLeft(t, root)
			return
		}
		if err := hub.Stop(root, hub.WithForce(true)); err != nil { // its word came first
			t.Fatal(err)
		}
	}
	t.Error("no start was cancelled")
}

// The lock is free when Shutdown returns, although a successor was just being started.
func TestShutdownEndsASuccessorThatComesUp(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	handed := make(chan error, 1)
	go func() { handed <- h.HandOver(context.Background()) }()
	within(t, longLimit, "a successor", func() bool {
		return slices.ContainsFunc(relatives(t, root), func(r string) bool { return strings.HasSuffix(r, " hub start") })
	})
	if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil && !errors.Is(err, hub.ErrMoved) {
		t.Error(err)
	}
	err := <-handed
	if _, up := hub.IsRunning(root); up && err == nil { // it was faster
		if err := hub.Stop(root, hub.WithForce(true)); err != nil {
			t.Error(err)
		}
	} else if err == nil {
		t.Error("HandOver says that there is a hub")
	}
	nobodyIsLeft(t, root)
}
