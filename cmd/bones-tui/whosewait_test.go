//go:build linux

package main

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"bones-tui/hub/proc"
)

// familyOf lists the processes that name a workspace in their arguments: hubs in the
// background and keepers.
func familyOf(root string) (pids []int) {
	all, _ := process.Pids()
	for _, pid := range all {
		if _, args, err := proc.Command(int(pid)); err == nil && slices.Contains(args, root) && slices.Contains(args, "--root") {
			pids = append(pids, int(pid))
		}
	}
	return pids
}

// endFamily kills what a failed test has left of a workspace's processes.
func endFamily(t *testing.T, root string) {
	t.Helper()
	await(t, "the end of the hub of "+root, func() bool {
		all := familyOf(root)
		for _, pid := range all {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return len(all) == 0
	})
}

// await polls until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	if !comes(t, what, so) {
		t.FailNow()
	}
}

// comes is await for goroutines, which must not end the test: it reports whether it is so.
func comes(t *testing.T, what string, so func() bool) bool {
	t.Helper()
	deadline := time.After(whosePatience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Errorf("waited for %s", what)
			return false
		}
	}
	return true
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
