package slots_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/slots"
)

// TestStateByTheProcessOfItsPIDFile looks at real processes: one of ours, one that has
// ended and that nobody has waited for, one of another user.
func TestStateByTheProcessOfItsPIDFile(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	const s, none = time.Second, -1
	for name, look := range map[string]struct {
		alive func(*testing.T) bool
		want  map[time.Duration]slots.State // by the age of the session
	}{
		"ours": {
			func(t *testing.T) bool { t.Helper(); return aliveByFile(t, os.Getpid()) },
			map[time.Duration]slots.State{none: slots.Orphan, 90 * s: slots.Active, 91 * s: slots.Stale, 300 * s: slots.Stale, 301 * s: slots.Expired},
		},
		"a zombie": {
			func(t *testing.T) bool { t.Helper(); return aliveByFile(t, zombie(t)) },
			map[time.Duration]slots.State{none: slots.Dead, 90 * s: slots.Active, 91 * s: slots.Stale, 300 * s: slots.Stale, 301 * s: slots.Dead},
		},
		"another user's": {
			aliveOfAnother,
			map[time.Duration]slots.State{none: slots.Orphan, 90 * s: slots.Active, 91 * s: slots.Stale, 300 * s: slots.Stale, 301 * s: slots.Expired},
		},
	} {
		t.Run(name, func(t *testing.T) {
			alive := look.alive(t)
			for age, want := range look.want {
				slot := slots.Slot{HasDir: true, PIDKnown: true, PIDAlive: alive, Host: "here"}
				if age != none {
					slot.HasSession, slot.Renewed = true, now.Add(-age)
				}
				if got := slot.State(now, "here"); got != want {
					t.Errorf("session of %v: state %v, want %v", age, got, want)
				}
				if got, want := slot.Live(now, "here"), alive || age == 90*s; got != want {
					t.Errorf("session of %v: live %v, want %v", age, got, want)
				}
			}
		})
	}
}

var errSignallable = errors.New("process 1 can be signalled")

// aliveByFile looks at a slot directory whose leaf.pid names the process.
func aliveByFile(t *testing.T, pid int) bool {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "leaf.pid"), []byte(strconv.Itoa(pid)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	read, alive := slots.LookAt(dir)
	if read != pid {
		t.Fatalf("leaf.pid reads %d, want %d", read, pid)
	}
	return alive
}

// zombie is a child that has ended.
func zombie(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// aliveOfAnother looks at the first process, which must not be signalled: root gives
// up its rights for that, on one thread, which ends with its goroutine.
func aliveOfAnother(t *testing.T) bool {
	t.Helper()
	const nobody = 65534
	dir := filepath.Join(t.TempDir(), "slot")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "leaf.pid"), []byte("1\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // it is looked at by another user below, who trusts only what is his own
		if err := errors.Join(os.Chown(dir, nobody, -1), os.Chown(filepath.Join(dir, "leaf.pid"), nobody, -1)); err != nil {
			t.Fatal(err)
		}
	}
	for at := filepath.Dir(dir); at != filepath.Clean(os.TempDir()) && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil { // a temporary directory is closed to others
			t.Fatal(err)
		}
	}
	type sight struct {
		alive bool
		err   error
	}
	seen := make(chan sight)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread is of no use to others
		if os.Geteuid() == 0 {
			if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, nobody, nobody, nobody); errno != 0 {
				seen <- sight{err: errno}
				return
			}
		}
		if err := unix.Kill(1, 0); !errors.Is(err, unix.EPERM) {
			seen <- sight{err: errors.Join(errSignallable, err)}
			return
		}
		_, alive := slots.LookAt(dir)
		seen <- sight{alive: alive}
	}()
	got := <-seen
	if errors.Is(got.err, errSignallable) && os.Geteuid() != 0 {
		t.Skip("no process of another user at hand")
	}
	if got.err != nil {
		t.Fatal(got.err)
	}
	return got.alive
}
