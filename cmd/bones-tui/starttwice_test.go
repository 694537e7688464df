//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
)

// atOnce runs a command several times at once.
func (p *place) atOnce(t *testing.T, n int, args ...string) []answer {
	t.Helper()
	got := make([]answer, n)
	var running sync.WaitGroup
	for i := range got {
		running.Go(func() { got[i] = p.run(t, args...) })
	}
	running.Wait()
	return got
}

// TestFourStartsAtOnce has one of them start the hub, and all tell the same.
func TestFourStartsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, newWorkspace(t))
	said := map[string]int{}
	hubs := map[string]bool{}
	line := regexp.MustCompile(`^bones-tui: hub of \S+ (is ready|already runs) (\(pid \d+\): fossil http://127\.0\.0\.1:\d+, nats nats://127\.0\.0\.1:\d+)\n$`)
	for _, got := range p.atOnce(t, 4, "hub", "start", "--detach") {
		m := line.FindStringSubmatch(got.err)
		if got.code != 0 || m == nil {
			t.Errorf("%+v", got)
			continue
		}
		said[m[1]]++
		hubs[m[2]] = true
	}
	if said["is ready"] != 1 || said["already runs"] != 3 || len(hubs) != 1 {
		t.Errorf("%v, of %v", said, hubs)
	}
	p.run(t, "hub", "stop")

	outcomes, same := map[string]int{}, map[outcomeKey]bool{}
	for _, got := range p.atOnce(t, 4, "hub", "start", "--detach", "--json") {
		var o outcome
		if err := json.Unmarshal([]byte(got.out), &o); err != nil || got.code != 0 || got.err != "" {
			t.Fatalf("%v: %+v", err, got)
		}
		outcomes[o.Outcome]++
		if o.PID == 0 || o.FossilURL == "" || o.NATSURL == "" {
			t.Errorf("%+v", o)
		}
		same[outcomeOf(o)] = true
	}
	if outcomes[outcomeStarted] != 1 || outcomes[outcomeRunning] != 3 || len(same) != 1 {
		t.Errorf("%v, of %v", outcomes, same)
	}
	p.run(t, "hub", "stop")
}

// TestSecondDashboardDuringAFirstStart has two of them in a new workspace at once: one
// owns the hub, the other attaches to it.
func TestSecondDashboardDuringAFirstStart(t *testing.T) {
	t.Parallel()
	rounds := 6
	if raceOn {
		rounds = 2
	}
	for range rounds {
		p := newPlace(t, newWorkspace(t))
		both := []*termtest.Terminal{termtest.Start(t, p.command(t), 100, 30), termtest.Start(t, p.command(t), 100, 30)}
		var owned, attached *termtest.Terminal
		for _, term := range both {
			term.WaitForFunc("a hub", func(f termtest.Frame) bool { return f.Has("RUNNING owned") || f.Has("ATTACHED") })
			if term.Frame().Has("RUNNING owned") {
				owned = term
			} else {
				attached = term
			}
		}
		if owned == nil || attached == nil {
			t.Fatalf("they show\n%s\nand\n%s", both[0].Frame(), both[1].Frame())
		}
		for _, term := range []*termtest.Terminal{attached, owned} {
			term.Signal(syscall.SIGTERM)
			if code := term.Exit(); code != 0 {
				t.Errorf("exit code %d", code)
			}
		}
	}
}

// slowGit puts a git first in PATH that says that it was asked and does nothing until it
// is told to; with onlyHubs it is slow only for hubs in the background.
func slowGit(t *testing.T, p *place, onlyHubs bool) (asked, goOn string) {
	t.Helper()
	git, err := exec.LookPath("git")
	must(t, err)
	dir := realTemp(t)
	asked, goOn = filepath.Join(dir, "asked"), filepath.Join(dir, "go")
	condition := "true"
	if onlyHubs {
		condition = `ps -o args= -p $PPID | grep -q ' hub start --root '` // as hubs of ours are started
	}
	script := fmt.Sprintf("#!/bin/sh\nif %s; then : > %s; while [ ! -e %s ]; do sleep 0.02; done; fi\nexec %s \"$@\"\n", condition, asked, goOn, git)
	must(t, os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o700))
	p.env = append(p.env, "PATH="+dir+":"+os.Getenv("PATH"))
	t.Cleanup(func() { _ = os.WriteFile(goOn, nil, 0o600) })
	return asked, goOn
}

// TestInterruptWhileItStarts calls a start off: nothing of it is left.
func TestInterruptWhileItStarts(t *testing.T) {
	for name, c := range map[string]struct {
		args     []string
		onlyHubs bool
	}{
		"foreground":                     {args: []string{"hub", "start"}},
		"background, before there is it": {args: []string{"hub", "start", "--detach"}},
		"background, while it comes up":  {args: []string{"hub", "start", "--detach"}, onlyHubs: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, newWorkspace(t))
			asked, goOn := slowGit(t, p, c.onlyHubs)
			cmd := p.command(t, c.args...)
			var errs strings.Builder
			cmd.Stderr = &errs
			must(t, cmd.Start())
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			await(t, "git", func() bool { _, err := os.Stat(asked); return err == nil })
			must(t, cmd.Process.Signal(os.Interrupt))
			_ = cmd.Wait() // its code is in its state
			if code := cmd.ProcessState.ExitCode(); code != 130 || errs.String() != "bones-tui: start called off\n" {
				t.Errorf("exit code %d: %q", code, errs.String())
			}
			if v := hub.Whose(p.root); v.Answer != hub.OwnedFree || p.recorded() != 0 || len(familyOf(p.root)) > 0 {
				t.Errorf("%+v, hub.pid %d, processes %v", v, p.recorded(), familyOf(p.root))
			}
			must(t, os.WriteFile(goOn, nil, 0o600))
			if got := p.run(t, "hub", "start", "--detach"); got.code != 0 {
				t.Errorf("the next start: %+v", got)
			}
			p.run(t, "hub", "stop")
		})
	}
}

// outcomeOf is an outcome as a map's key, without what tells the starts apart.
func outcomeOf(o outcome) outcomeKey { return outcomeKey{o.Root, o.FossilURL, o.NATSURL, o.PID} }

type outcomeKey struct {
	root, fossil, nats string
	pid                int
}
