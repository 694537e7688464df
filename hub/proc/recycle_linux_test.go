package proc_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub/proc"
)

const recycleRounds = 100

// TestARecycledPIDIsNeverSignalled gives the pid of a process that has ended to
// another one, in a pid namespace of its own where that takes one write.
func TestARecycledPIDIsNeverSignalled(t *testing.T) {
	cmd := helper(t, "recycle")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	out, err := cmd.Output()
	if err != nil && !errors.As(err, new(*exec.ExitError)) || strings.HasPrefix(string(out), "cannot ") {
		t.Skipf("no pid namespaces here: %v %s", err, out)
	}
	if err != nil || string(out) != fmt.Sprintf("%d pids recycled\n", recycleRounds) {
		t.Errorf("%v\n%s", err, out)
	}
}

// recycle is the first process of a pid namespace.
func recycle() {
	if err := errors.Join(
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("proc", "/proc", "proc", 0, ""),
	); err != nil {
		fmt.Println("cannot mount /proc:", err)
		return
	}
	done := 0
	for try := 0; done < recycleRounds && try < 20*recycleRounds; try++ {
		recycled, err := recycleOnce()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if recycled {
			done++
		}
	}
	fmt.Println(done, "pids recycled")
}

// recycleOnce reports whether it got the pid a second time; a thread of ours may
// have taken it.
func recycleOnce() (bool, error) {
	first, err := sleeper()
	if err != nil {
		return false, err
	}
	pid := first.Process.Pid
	p, err := proc.Find(pid, time.Now())
	if err != nil {
		return false, err
	}
	defer p.Release()
	if err := first.Process.Kill(); err != nil {
		return false, err
	}
	_ = first.Wait()
	if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(pid-1)), 0); err != nil {
		fmt.Println("cannot choose pids:", err)
		os.Exit(0)
	}
	second, err := sleeper()
	if err != nil {
		return false, err
	}
	defer func() { _ = second.Process.Kill(); _ = second.Wait() }()
	if second.Process.Pid != pid {
		return false, nil
	}
	if killed, err := p.Terminate(context.Background(), 100*time.Millisecond, nil, nil); killed || err != nil {
		return false, fmt.Errorf("terminate: killed %v, %w", killed, err)
	}
	if _, err := proc.Find(pid, time.Now().Add(-2*proc.Tolerance)); !errors.Is(err, proc.ErrNotFound) {
		return false, fmt.Errorf("found by the old file: %w", err)
	}
	if !proc.Alive(pid) {
		return false, errors.New("the innocent one was hit")
	}
	return true, nil
}

func sleeper() (*exec.Cmd, error) {
	cmd := exec.Command("sleep", "60")
	return cmd, cmd.Start()
}
