package bonesdir_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"bones-tui/hub/bonesdir"
)

// holderEnv makes the test binary a process that holds the lock of the
// workspace it names, until it is killed.
const holderEnv = "BONESDIR_TEST_HOLD"

func TestMain(m *testing.M) {
	if root := os.Getenv(holderEnv); root != "" {
		_, err := bonesdir.AtDefault(root).Lock()
		fmt.Println("held:", err)
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	os.Exit(m.Run())
}

// holder starts a process that holds the lock.
func holder(t *testing.T, root string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holderEnv+"="+root)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held: <nil>\n" {
		t.Fatalf("holder says %q, %v", line, err)
	}
	return cmd
}

func TestLockExcludesOthersUntilUnlocked(t *testing.T) {
	d := created(t)
	l, err := d.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(d.LockPIDFile()); err != nil || string(text) != strconv.Itoa(os.Getpid())+"\n" ||
		mode(t, d.LockPIDFile()) != 0o600 || mode(t, d.LockFile()) != 0o644 {
		t.Errorf("holder is %q, %v, %v", text, err, mode(t, d.LockPIDFile()))
	}
	_, err = d.Lock()
	var locked *bonesdir.LockedError
	if !errors.Is(err, bonesdir.ErrLocked) || !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Errorf("second lock: %v", err)
	}
	if err := errors.Join(l.Unlock(), l.Unlock()); err != nil {
		t.Errorf("unlock: %v", err)
	}
	if _, err := os.Stat(d.LockPIDFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("holder after unlock: %v", err)
	}
	if _, err := os.Stat(d.LockFile()); err != nil {
		t.Errorf("lock file after unlock: %v", err)
	}
	again, err := d.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Unlock(); err != nil {
		t.Error(err)
	}
}

func TestLockOutlivesNoProcess(t *testing.T) {
	d := created(t)
	cmd := holder(t, d.Root)
	var locked *bonesdir.LockedError
	if _, err := d.Lock(); !errors.As(err, &locked) || locked.PID != cmd.Process.Pid {
		t.Errorf("while it is held: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	l, err := d.Lock()
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	if err := l.Unlock(); err != nil {
		t.Error(err)
	}
}

func TestLockBelievesTheKernelNotTheRecord(t *testing.T) {
	d := created(t)
	l, err := d.Lock()
	if err != nil {
		t.Fatal(err)
	}
	for text, pid := range map[string]int{"2147483647\n": 2147483647, "junk": 0} { // no such process
		put(t, d.LockPIDFile(), text)
		var locked *bonesdir.LockedError
		if _, err := d.Lock(); !errors.As(err, &locked) || locked.PID != pid {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := l.Unlock(); err != nil {
		t.Fatal(err)
	}
	put(t, d.LockPIDFile(), "1\n") // alive, and holds nothing
	l, err = d.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Unlock(); err != nil {
		t.Error(err)
	}
}

func TestLockHasOneWinner(t *testing.T) {
	d := created(t)
	for range 20 {
		var (
			won  atomic.Pointer[bonesdir.Lock]
			wins atomic.Int32
			wg   sync.WaitGroup
		)
		for range 16 {
			wg.Go(func() {
				if l, err := d.Lock(); err == nil {
					won.Store(l)
					wins.Add(1)
				} else if !errors.Is(err, bonesdir.ErrLocked) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d winners", wins.Load())
		}
		if err := won.Load().Unlock(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLockNeedsTheDirectory(t *testing.T) {
	if _, err := bonesdir.AtDefault(t.TempDir()).Lock(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
