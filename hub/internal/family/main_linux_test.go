package family

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bones-tui/hub/bonesdir"
)

// waitsEnv sets backOff and steady of the keepers that a test starts: durations with
// commas between them, steady first.
const waitsEnv = "BONES_TEST_WAITS"

// A process that this test has started is a keeper, or stands in for a hub.
func TestMain(m *testing.M) {
	value := os.Getenv(Env)
	if value == "" {
		if os.Getenv("GORACE") == "" {
			os.Setenv("GORACE", "atexit_sleep_ms=0") // for the many short lives
		}
		goleak.VerifyTestMain(m)
		return
	}
	if err := serve(value); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(value string) error {
	s, e, err := Parse(value)
	if err != nil {
		return err
	}
	if s.Part != Keeper {
		return standIn(s, e)
	}
	if waits := os.Getenv(waitsEnv); waits != "" {
		backOff = nil
		for i, w := range strings.Split(waits, ",") {
			d, err := time.ParseDuration(w)
			if err != nil {
				return err
			}
			if i == 0 {
				steady = d
				continue
			}
			backOff = append(backOff, d)
		}
	}
	return Keep(s, e)
}

// script is what a stand-in for a hub shall do, as its settings.
type script struct {
	Name   string `json:"name,omitempty"`
	Deaths int    `json:"deaths,omitempty"` // die at once, unless as many have died before
	Record bool   `json:"record,omitempty"` // write hub.pid first
}

// sighting is what a stand-in tells of itself, in a line of the file "seen".
type sighting struct {
	PID     int
	Spec    Spec
	Lock    string   // the descriptors, as links of /proc; "" if it has none
	Listens string   // the address of the listener
	Own     []string // what it has open
	Child   []string // what a program that it has started has open
}

// standIn stands for a hub: it tells what it was started with, and lives until its keeper
// or its starter ends.
func standIn(s Spec, e Estate) error {
	var do script
	if err := json.Unmarshal(s.Settings, &do); err != nil {
		return err
	}
	seen := sighting{PID: os.Getpid(), Spec: s, Own: links("/proc/self/fd"), Child: childLinks()}
	if e.Lock != nil {
		seen.Lock = link(e.Lock)
	}
	if e.Listener != nil {
		l, err := net.FileListener(e.Listener)
		if err != nil {
			return err
		}
		seen.Listens = l.Addr().String()
	}
	if do.Record {
		if err := bonesdir.At(s.Root).WritePID(os.Getpid()); err != nil {
			return err
		}
	}
	if err := tell(s.Root, seen); err != nil {
		return err
	}
	if s.Deaths < do.Deaths {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	if err := e.Control.Say(Ready); err != nil && e.Keeper == nil {
		return err
	}
	if e.Keeper != nil {
		_, _ = e.Keeper.Receive()
		return nil
	}
	_, _ = e.Control.Receive()
	return nil
}

// tell appends a line to the file of sightings.
func tell(root string, seen sighting) error {
	text, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(root, "seen"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(append(text, '\n'))
	return err
}

// childLinks is what a program that this process starts has open.
func childLinks() []string {
	out, _ := exec.Command("sh", "-c", "for f in /proc/$$/fd/*; do readlink $f; done").Output()
	return strings.Fields(string(out))
}

func links(dir string) (to []string) {
	names, _ := os.ReadDir(dir)
	for _, n := range names {
		if l, err := os.Readlink(filepath.Join(dir, n.Name())); err == nil {
			to = append(to, l)
		}
	}
	return to
}

// link is what /proc says that a file is.
func link(f *os.File) (to string) {
	raw, err := f.SyscallConn()
	if err != nil {
		return err.Error()
	}
	_ = raw.Control(func(fd uintptr) { to, _ = os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)) })
	return to
}

// eventually polls until ok holds.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("it does not come to pass: %s", what)
		}
	}
}
