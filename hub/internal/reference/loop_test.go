//go:build unix

package reference_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/reference"
)

const starters = 8

// loop runs the starters until ok holds.
func loop(t *testing.T, d bonesdir.Dir, what string, ok func() bool) reference.Counts {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	got := make(chan reference.Counts, 1)
	go func() { got <- reference.Loop(ctx, d.Root, starters) }()
	within(t, what, ok)
	end()
	c := <-got
	t.Logf("%d tries: %+v", c.Tries(), c)
	return c
}

func TestLoopUnderTheLock(t *testing.T) {
	d := newWorkspace(t)
	defer holdLock(t, d)()
	dead, seen := fmt.Sprintln(deadPID(t)), 0
	c := loop(t, d, "tried twenty times", func() bool {
		if !exists(d.LockPIDFile()) { // a try has looked at it
			write(t, d.State, "hub.lock.pid", dead, 0o600)
			seen++
		}
		return seen > 20
	})
	if c.Locked != c.Tries() || c.Locked < 20 || c.Err != nil {
		t.Errorf("counts %+v", c)
	}
	if !exists(d.Slot("ended")) {
		t.Error("a slot is gone")
	}
}

func TestLoopOverAFreeWorkspace(t *testing.T) {
	d := newWorkspace(t)
	readies := func() int {
		log, _ := os.ReadFile(d.Log())
		return strings.Count(string(log), "hub: ready")
	}
	c := loop(t, d, "started five times", func() bool { return readies() >= 5 })
	if c.Started < 5 || c.Started != readies() || c.Failed != 0 || c.Err != nil {
		t.Errorf("counts %+v, %d hubs were ready", c, readies())
	}
	if c.Running+c.Locked == 0 {
		t.Errorf("counts %+v: nobody met another", c)
	}
	if exists(d.PIDFile()) || exists(d.LockPIDFile()) || !lockFree(t, d) {
		t.Error("the loop has left something behind")
	}
	if _, _, files := trunk(t, d); len(files) != 2 {
		t.Errorf("trunk has %v", files)
	}
}
