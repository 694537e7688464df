//go:build unix

package proc_test

import (
	"context"
	"errors"
	"math"
	"os"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub/proc"
)

// eventually polls a condition that needs no more than moments.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never happened:", what)
		}
	}
}

func TestAlive(t *testing.T) {
	for pid, want := range map[int]bool{
		os.Getpid(): true, 1: true, 0: false, -1: false, -os.Getpid(): false, math.MaxInt32: false, math.MaxInt32 + 2: false,
	} {
		if got := proc.Alive(pid); got != want {
			t.Errorf("%d: %v", pid, got)
		}
	}
}

func TestAZombieIsDead(t *testing.T) {
	cmd := spawn(t, "true")
	pid := cmd.Process.Pid
	eventually(t, "the child is a zombie", func() bool { return !proc.Alive(pid) })
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("it is not even a zombie: %v", err)
	}
	if proc.StartedBefore(pid, time.Now()) {
		t.Error("a zombie counts as the writer of a file")
	}
}

func TestAnotherUsersProcessIsAlive(t *testing.T) {
	if os.Geteuid() != 0 {
		if err := syscall.Kill(1, 0); !errors.Is(err, syscall.EPERM) {
			t.Skip("no process of another user at hand")
		}
		if !proc.Alive(1) {
			t.Error("process 1 counts as dead")
		}
		return
	}
	cmd := helper(t, "parent-alive")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.Output(); err != nil || string(out) != "true\n" {
		t.Errorf("seen by another user: %q, %v", out, err)
	}
}

func TestStartTime(t *testing.T) {
	before := time.Now()
	pid := spawn(t, "sleep", "60").Process.Pid
	got, err := proc.StartTime(pid)
	if err != nil || got.Before(before.Add(-proc.Tolerance)) || got.After(time.Now().Add(proc.Tolerance)) {
		t.Errorf("got %v, %v; it is %v", got, err, before)
	}
	if _, err := proc.StartTime(math.MaxInt32); !errors.Is(err, proc.ErrNotFound) {
		t.Errorf("no such process: %v", err)
	}
}

func TestStartedBefore(t *testing.T) {
	pid := spawn(t, "sleep", "60").Process.Pid
	started, err := proc.StartTime(pid)
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{
		time.Hour: true, 0: true, -time.Second: true, -4 * time.Second: false, -24 * 365 * time.Hour: false,
	} {
		if got := proc.StartedBefore(pid, started.Add(after)); got != want {
			t.Errorf("file written %v after the start: %v", after, got)
		}
		_, err := proc.Find(pid, started.Add(after))
		if (err == nil) != want || err != nil && !errors.Is(err, proc.ErrNotFound) {
			t.Errorf("file written %v after the start: find %v", after, err)
		}
	}
}

func find(t *testing.T, pid int) *proc.Process {
	t.Helper()
	p, err := proc.Find(pid, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Release() })
	return p
}

func TestTerminateAsksFirst(t *testing.T) {
	p := find(t, spawn(t, "sleep", "60").Process.Pid)
	if killed, err := p.Terminate(t.Context(), time.Minute, nil, nil); killed || err != nil {
		t.Errorf("killed %v, %v", killed, err)
	}
	if p.Alive() {
		t.Error("still alive")
	}
	if killed, err := p.Terminate(t.Context(), time.Minute, nil, nil); killed || err != nil {
		t.Errorf("again: killed %v, %v", killed, err)
	}
}

func TestTerminateKillsWhatDoesNotListen(t *testing.T) {
	for name, stopped := range map[string]bool{"deaf": false, "stopped": true} {
		t.Run(name, func(t *testing.T) {
			cmd := deaf(t)
			if stopped {
				if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			p := find(t, cmd.Process.Pid)
			var seen []time.Duration
			killed, err := p.Terminate(t.Context(), 1500*time.Millisecond, func(d time.Duration) { seen = append(seen, d) }, nil)
			if !killed || err != nil || p.Alive() {
				t.Errorf("killed %v, %v; alive %v", killed, err, p.Alive())
			}
			if len(seen) == 0 || seen[0] < 900*time.Millisecond {
				t.Errorf("progress %v", seen)
			}
		})
	}
}

func TestTerminateStopsWaitingWithTheContext(t *testing.T) {
	p := find(t, deaf(t).Process.Pid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if killed, err := p.Terminate(ctx, time.Minute, nil, nil); killed || !errors.Is(err, context.Canceled) {
		t.Errorf("killed %v, %v", killed, err)
	}
	if !p.Alive() {
		t.Error("it was killed all the same")
	}
}

func TestTerminateNeverHitsOurselves(t *testing.T) {
	if killed, err := find(t, os.Getpid()).Terminate(t.Context(), 0, nil, nil); killed || !errors.Is(err, proc.ErrSelf) {
		t.Errorf("killed %v, %v", killed, err)
	}
}

func TestFindRefusesWhatIsNoProcess(t *testing.T) {
	for _, pid := range []int{0, -1, math.MaxInt32, math.MaxInt32 + 2} {
		if p, err := proc.Find(pid, time.Now()); !errors.Is(err, proc.ErrNotFound) {
			t.Errorf("%d: %v, %v", pid, p, err)
		}
	}
}

func BenchmarkStartedBefore(b *testing.B) {
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		if !proc.StartedBefore(os.Getpid(), now) {
			b.Fatal("not us")
		}
	}
}
