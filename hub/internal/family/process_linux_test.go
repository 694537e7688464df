package family

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
)

// estate is what this process has, which stands for a hub.
type estate struct {
	dir    bonesdir.Dir
	lock   *owner.Lock
	web    *net.TCPListener
	listen *os.File
	output *os.File
}

func newEstate(tb testing.TB) *estate {
	tb.Helper()
	root, err := filepath.EvalSymlinks(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	d := bonesdir.At(filepath.Join(root, "w"))
	if err := os.MkdirAll(d.State, 0o700); err != nil {
		tb.Fatal(err)
	}
	e := &estate{dir: d}
	if e.lock, err = owner.Take(d); err != nil {
		tb.Fatal(err)
	}
	e.web, e.listen = newListener(tb)
	if e.output, err = os.Create(filepath.Join(root, "output")); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_, _ = e.output.Close(), e.lock.Close()
		if text, _ := os.ReadFile(e.output.Name()); tb.Failed() && len(text) > 0 {
			tb.Logf("the family printed:\n%s", text)
		}
	})
	return e
}

func newListener(tb testing.TB) (*net.TCPListener, *os.File) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _, _ = f.Close(), l.Close() })
	return l.(*net.TCPListener), f
}

// start starts a process of the family that this test ends.
func (e *estate) start(tb testing.TB, part Part, do script, keeper *os.File) *Process {
	tb.Helper()
	text, err := json.Marshal(do)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := Start(Spec{Part: part, Root: e.dir.Root, Settings: text}, Passed{Keeper: keeper, Lock: e.lock.File(), Listener: e.listen, Output: e.output})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.Kill)
	return p
}

// seen are the stand-ins so far.
func (e *estate) seen() (all []sighting) {
	text, _ := os.ReadFile(filepath.Join(e.dir.Root, "seen"))
	for line := range strings.Lines(string(text)) {
		var s sighting
		if json.Unmarshal([]byte(line), &s) == nil {
			all = append(all, s)
		}
	}
	return all
}

// nth waits for the nth stand-in.
func (e *estate) nth(tb testing.TB, n int) sighting {
	tb.Helper()
	eventually(tb, "another hub is started", func() bool { return len(e.seen()) >= n })
	return e.seen()[n-1]
}

func TestDescriptorsArriveAndGoNoFurther(t *testing.T) {
	for _, part := range []Part{Hub, Heir} {
		t.Run(string(part), func(t *testing.T) {
			e := newEstate(t)
			ours, theirs, err := Pair()
			if err != nil {
				t.Fatal(err)
			}
			defer ours.Close()
			p := e.start(t, part, script{}, theirs)
			if m := hear(t, p.Control); m.Word != Ready {
				t.Fatalf("heard %+v", m)
			}
			seen := e.nth(t, 1)
			if seen.Lock != e.dir.LockFile() || seen.Listens != e.web.Addr().String() {
				t.Errorf("it got lock %q and listener %q", seen.Lock, seen.Listens)
			}
			sockets := 0
			for _, own := range seen.Own {
				if strings.HasPrefix(own, "socket:") {
					sockets++
				}
				if (strings.HasPrefix(own, "socket:") || own == seen.Lock) && slices.Contains(seen.Child, own) {
					t.Errorf("a program that it has started got %s", own)
				}
			}
			if sockets != 3 || len(seen.Child) == 0 {
				t.Errorf("it has %d sockets, want two links and a listener; its child has %q", sockets, seen.Child)
			}
			_ = ours.Close()
			if code, err := p.Wait(); code != 0 || err != nil {
				t.Errorf("it ended with %d, %v", code, err)
			}
		})
	}
}

// Whoever gets a listener must not make it block for its owner: they share it.
func TestAListenerStaysNonBlocking(t *testing.T) {
	e := newEstate(t)
	p := e.start(t, Hub, script{}, nil)
	hear(t, p.Control)
	raw, err := e.web.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	flags := 0
	if err := raw.Control(func(fd uintptr) { flags, err = unix.FcntlInt(fd, unix.F_GETFL, 0) }); err != nil {
		t.Fatal(err)
	}
	if err != nil || flags&unix.O_NONBLOCK == 0 {
		t.Errorf("flags %x, %v", flags, err)
	}
	accepted := make(chan error)
	go func() { _, err := e.web.Accept(); accepted <- err }()
	_ = e.web.Close() // ends an Accept that waits in the poller, and none that waits in the kernel
	select {
	case err := <-accepted:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept = %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("Accept is stuck in the kernel")
	}
}

func TestReleaseLeavesNoZombie(t *testing.T) {
	e := newEstate(t)
	p, err := Start(Spec{Part: Hub, Root: e.dir.Root, Settings: []byte("{}")}, Passed{Output: e.output})
	if err != nil {
		t.Fatal(err)
	}
	hear(t, p.Control)
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the process is gone", func() bool { return !proc.Alive(p.PID) })
	eventually(t, "it is off the process table", func() bool {
		_, err := os.Stat("/proc/" + itoa(p.PID))
		return errors.Is(err, os.ErrNotExist)
	})
}

func TestStopIsAsking(t *testing.T) {
	e := newEstate(t)
	p := e.start(t, Hub, script{}, nil)
	hear(t, p.Control)
	p.Stop()
	if code, _ := p.Wait(); code != -1 {
		t.Errorf("it ended with %d", code)
	}
	if s := p.cmd.ProcessState.String(); s != "signal: terminated" {
		t.Error(s)
	}
	p.Stop() // does no harm
}

func TestStartThatFailsLeavesNothing(t *testing.T) {
	e := newEstate(t)
	before := len(links("/proc/self/fd"))
	ours, theirs, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(e.dir.Root); err != nil {
		t.Fatal(err)
	}
	if p, err := Start(Spec{Part: Hub, Root: e.dir.Root}, Passed{Keeper: theirs, Lock: e.lock.File(), Listener: e.listen}); err == nil {
		t.Errorf("process %d runs where there is nothing", p.PID)
	}
	if _, err := ours.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("the keeper's link is open: %v", err)
	}
	_ = ours.Close()
	if after := len(links("/proc/self/fd")); after > before {
		t.Errorf("%d descriptors were open, now %d", before, after)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, value := range map[string]string{
		"no spec":             "nonsense",
		"no such descriptor":  `{"part":"hub","files":["control"]}`,
		"unknown descriptor":  `{"part":"hub","files":["sword"]}`,
		"nobody to listen to": `{"part":"hub","listens":true}`,
		"a keeper of nothing": `{"part":"keeper"}`,
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), Env+"="+value)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "family: ") || strings.Count(string(out), "\n") != 1 {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
