package proc_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bones-tui/hub/proc"
)

func init() {
	if os.Getenv(helperEnv) == "headless" {
		runtime.LockOSThread() // so that main has the first thread
	}
}

// headless ends the process's first thread and leaves the others until its standard
// input ends.
func headless() {
	go func() {
		waitForStdin()
		os.Exit(0)
	}()
	_, _, _ = syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0)
}

// TestAProcessIsAliveUntilItsLastThreadEnds has what a process that is killed under load
// passes through: it looks like a zombie, and still holds its locks.
func TestAProcessIsAliveUntilItsLastThreadEnds(t *testing.T) {
	cmd := helper(t, "headless")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	pid := cmd.Process.Pid
	eventually(t, "the first thread is gone", func() bool {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return err == nil && strings.Contains(string(stat), ") Z ")
	})
	if !proc.Alive(pid) {
		t.Error("dead, with threads at work")
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the last thread", func() bool { return !proc.Alive(pid) })
}
