package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
	"bones-tui/hub/fossil"
)

// foundWorkspace has a repository in its state directory that no hub has made.
func foundWorkspace(t *testing.T) (root string) {
	t.Helper()
	root = newWorkspace(t)
	if err := os.Mkdir(filepath.Join(root, ".bones"), 0o700); err != nil {
		t.Fatal(err)
	}
	r, err := fossil.Create(t.Context(), hub.HubFossilPath(root), fossil.CreateOptions{ProjectName: "strange"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTheScreenAsksBeforeItUsesFoundState(t *testing.T) {
	root := foundWorkspace(t)
	term := termtest.Start(t, program(t, root), 120, 30)
	term.WaitFor("start a hub on it? [y/N]")
	term.Key("enter")
	if code := term.Exit(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if out := string(term.Output()); !strings.Contains(out, "--trust-state") {
		t.Errorf("%q", out)
	}
	if _, err := os.Stat(hub.LogPath(root)); !errors.Is(err, os.ErrNotExist) {
		t.Error("a hub was started")
	}

	term = termtest.Start(t, program(t, root), 120, 30)
	term.WaitFor("start a hub on it? [y/N]")
	term.Type("y")
	term.Key("enter")
	term.WaitFor("RUNNING owned")
	forceStop(term)
	term.WaitFor("STOPPED")
	term.Key("q")
	if code := term.Exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestCommandsRefuseFoundState(t *testing.T) {
	ownHome(t)
	root := foundWorkspace(t)
	for _, args := range [][]string{{"hub", "start"}, {"hub", "start", "--detach"}, {"hub", "restart"}, {"hub", "reseed"}, {"hub", "reseed", "--force"}} {
		out, code := runHere(t, root, args...)
		if code == 0 || !strings.Contains(out, "--trust-state") || strings.Count(out, "\n") != 1 {
			t.Errorf("%v: %d, %q", args, code, out)
		}
	}
	if out, _ := runHere(t, root, "doctor"); !strings.Contains(out, "--trust-state") {
		t.Errorf("doctor: %q", out)
	}
	out, code := runHere(t, root, "hub", "start", "--detach", "--trust-state")
	if code != 0 || !strings.Contains(out, "trusting "+filepath.Join(root, ".bones")+", which holds a repository of") {
		t.Errorf("%d, %q", code, out)
	}
	for _, args := range [][]string{{"hub", "stop", "--force"}, {"hub", "start", "--detach"}, {"hub", "stop", "--force"}} {
		if out, code := runHere(t, root, args...); code != 0 {
			t.Errorf("%v: %d, %q", args, code, out)
		}
	}
}
