//go:build unix

package reference_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/reference"
	"bones-tui/hub/registry"
)

// sqliteLock is whom the kernel names for bytes of a file that we would lock.
func sqliteLock(t *testing.T, path string, start, length int64) (held bool, pid int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := unix.Flock_t{Type: unix.F_WRLCK, Start: start, Len: length}
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &l); err != nil {
		t.Fatal(err)
	}
	return l.Type == unix.F_RDLCK, int(l.Pid)
}

func startProcess(t *testing.T, d bonesdir.Dir) *reference.Process {
	t.Helper()
	p, err := reference.Start(t.Context(), d.Root, reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestHubInAProcess(t *testing.T) {
	d := newWorkspace(t)
	p := startProcess(t, d)
	if rec, err := d.ReadPID(); err != nil || rec.PID != p.PID() {
		t.Errorf("hub.pid: %v, %v, want %d", rec, err, p.PID())
	}
	if !lockFree(t, d) || exists(d.LockPIDFile()) {
		t.Error("the start lock is held beyond the start")
	}
	if held, pid := sqliteLock(t, d.Fossil(), 0x40000002, 510); !held || pid != p.PID() {
		t.Errorf("hub.fossil is locked: %t, by %d, want %d", held, pid, p.PID())
	}
	if held, pid := sqliteLock(t, d.Fossil()+"-shm", 128, 1); !held || pid != p.PID() {
		t.Errorf("its shared memory is locked: %t, by %d, want %d", held, pid, p.PID())
	}
	row, err := registry.Read(os.Getenv("HOME"), d.Root)
	if err != nil || row.HubPID != p.PID() || row.HubURL != d.FossilURL() || row.NATSURL != d.NATSURL() {
		t.Errorf("registry row %+v, %v", row, err)
	}
	answersOn(t, d)
	if _, _, files := trunk(t, d); len(files) != 2 {
		t.Errorf("beside the hub trunk has %v", files)
	}
	if bin, err := exec.LookPath("fossil"); err == nil {
		if out, err := exec.Command(bin, "timeline", "-R", d.Fossil(), "-n", "1").CombinedOutput(); err != nil || !strings.Contains(string(out), "session base") {
			t.Errorf("fossil timeline: %v\n%s", err, out)
		}
	}
	if _, err := reference.Start(t.Context(), d.Root, reference.Options{}); !errors.Is(err, reference.ErrRunning) {
		t.Errorf("a second start: %v", err)
	}
	verb(t, d, reference.Running)

	urls := d.FossilURL() + d.NATSURL()
	if err := p.Stop(); err != nil {
		t.Errorf("the process ended with %v", err)
	}
	if held, pid := sqliteLock(t, d.Fossil(), 0x40000002, 510); held {
		t.Errorf("after the stop hub.fossil is locked by %d", pid)
	}
	for _, path := range []string{d.PIDFile(), d.Fossil() + "-wal", d.Fossil() + "-shm"} {
		if exists(path) {
			t.Errorf("after the stop %s is there", path)
		}
	}
	if _, err := registry.Read(os.Getenv("HOME"), d.Root); err == nil {
		t.Error("after the stop the row is there")
	}
	if got := d.FossilURL() + d.NATSURL(); got != urls {
		t.Errorf("URLs %s became %s", urls, got)
	}
}

// answersOn asks both ports.
func answersOn(t *testing.T, d bonesdir.Dir) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for method, want := range map[string]int{http.MethodGet: http.StatusOK, http.MethodPost: http.StatusInternalServerError} {
		q, err := http.NewRequestWithContext(t.Context(), method, d.FossilURL()+"/healthz", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r, err := client.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s: status %d, want %d", method, r.StatusCode, want)
		}
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(d.NATSURL(), "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if hello, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(hello), "INFO {") {
		t.Errorf("the NATS port says %q, %v", hello, err)
	}
}

// A hub that was killed leaves hub.pid and its repository, which the next verb empties.
func TestVerbAfterADeath(t *testing.T) {
	d := newWorkspace(t)
	p := startProcess(t, d)
	before, _, _ := trunk(t, d)
	p.Kill()
	if rec, err := d.ReadPID(); err != nil || rec.PID != p.PID() {
		t.Errorf("hub.pid: %v, %v, want %d", rec, err, p.PID())
	}
	if after, _, _ := trunk(t, d); after != before {
		t.Error("the death has changed the repository")
	}
	verb(t, d, reference.Started)
	if after, _, _ := trunk(t, d); after == before {
		t.Error("the verb has kept the repository")
	}
}

func TestServeKeepsTheLockForLife(t *testing.T) {
	d := newWorkspace(t)
	ctx, end := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- reference.Serve(ctx, d.Root, reference.Options{Ready: func() { close(ready) }}) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	if lockFree(t, d) || d.LockHolder() != os.Getpid() {
		t.Error("the hub does not hold the start lock")
	}
	if err := reference.Serve(ctx, d.Root, reference.Options{}); !errors.Is(err, reference.ErrRunning) {
		t.Errorf("a second hub: %v", err)
	}
	if err := os.Remove(d.PIDFile()); err != nil {
		t.Fatal(err)
	}
	if err := reference.Serve(ctx, d.Root, reference.Options{}); !errors.Is(err, reference.ErrLockHeld) {
		t.Errorf("without hub.pid a second hub: %v", err)
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !lockFree(t, d) || exists(d.LockPIDFile()) {
		t.Error("the lock outlives the hub")
	}
}

// Stop asks nobody who they are.
func TestStopEndsWhomeverThePIDNames(t *testing.T) {
	d := newWorkspace(t)
	for name, script := range map[string]string{"a foreign process": "", "one that ignores TERM": "trap '' TERM"} {
		pid, ended := livePID(t, script)
		writePIDs(t, d, fmt.Sprintln(pid), "")
		if err := reference.Stop(d.Root); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s lives", name)
		}
		if exists(d.PIDFile()) {
			t.Errorf("%s: hub.pid is there", name)
		}
	}
	for _, pid := range []int{deadPID(t), os.Getpid()} {
		writePIDs(t, d, fmt.Sprintln(pid), "")
		if err := reference.Stop(d.Root); err != nil || exists(d.PIDFile()) {
			t.Errorf("pid %d: %v, hub.pid is there: %t", pid, err, exists(d.PIDFile()))
		}
	}
	writePIDs(t, d, "1\n", "")
	if err := reference.Stop(d.Root); err == nil || !exists(d.PIDFile()) {
		t.Errorf("process 1: %v", err)
	}
}

func TestStopOfAHub(t *testing.T) {
	d := newWorkspace(t)
	p := startProcess(t, d)
	if err := reference.Stop(d.Root); err != nil {
		t.Error(err)
	}
	<-p.Done()
	if err := p.Stop(); err != nil {
		t.Errorf("the hub ended with %v", err)
	}
}
