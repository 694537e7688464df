//go:build linux

package ownertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// specEnv carries the Spec to the process that is to be a stand-in.
const specEnv = "OWNERTEST_STANDIN"

// Main is to be called first in TestMain. In a process that Start has started it is the
// stand-in and does not return; in any other it does nothing.
func Main() {
	text, ok := os.LookupEnv(specEnv)
	if !ok {
		return
	}
	var s Spec
	err := json.Unmarshal([]byte(text), &s)
	if err == nil {
		err = s.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run does what s says, tells so on standard output, and waits for the end of its
// standard input.
func (s Spec) run() error {
	if s.Proc {
		if err := errors.Join(
			syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
			syscall.Mount("proc", "/proc", "proc", 0, ""),
		); err != nil {
			return fmt.Errorf("%w: %w", errNoNamespace, err)
		}
	}
	if s.Ask {
		return json.NewEncoder(os.Stdout).Encode(owner.Whose(s.Dir))
	}
	keep, err := s.take()
	if err == nil && s.Plain {
		err = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	}
	if err != nil {
		return err
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	for _, c := range keep {
		_ = c.Close()
	}
	return nil
}

// errNoNamespace says that this system lets us have no /proc of our own.
var errNoNamespace = errors.New("no namespace")

// take takes what a hub takes, in its order.
func (s Spec) take() (keep []io.Closer, err error) {
	add := func(c io.Closer, e error) {
		keep, err = append(keep, c), errors.Join(err, e)
	}
	if s.Role {
		add(flock(s.Dir.State, os.O_RDONLY))
	}
	if s.Family && os.Getenv(inheritEnv) == "" {
		add(flock(s.Dir.LockFile(), os.O_CREATE|os.O_RDWR))
	}
	if s.RoleFile {
		add(flock(filepath.Join(s.Dir.State, "hub.role"), os.O_CREATE|os.O_RDWR))
	}
	if s.Log {
		add(os.OpenFile(s.Dir.Log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644))
	}
	if s.PIDFile {
		pid := os.Getpid()
		if s.PID != 0 {
			pid = s.PID
		}
		err = errors.Join(err, s.Dir.WritePID(pid))
	}
	if s.Open || s.Write {
		add(s.repository())
	}
	var ports [2]int
	for i := range s.Listen {
		l, e := net.Listen("tcp", "127.0.0.1:0")
		add(l, e)
		if e == nil {
			ports[i] = l.Addr().(*net.TCPAddr).Port
		}
	}
	if s.Records {
		err = errors.Join(err, WriteURLs(s.Dir, ports[0], ports[1]))
	}
	return keep, err
}

// WriteURLs records where a hub of d listens.
func WriteURLs(d bonesdir.Dir, fossil, nats int) error {
	held, err := d.Hold()
	if err != nil {
		return err
	}
	return errors.Join(held.WriteURLs(fossil, nats), held.Close())
}

func flock(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return f, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// repository opens hub.fossil and takes SQLite's shared lock on it.
func (s Spec) repository() (*os.File, error) {
	flags := os.O_RDONLY
	if s.Write {
		flags = os.O_RDWR
	}
	f, err := os.OpenFile(s.Dir.Fossil(), flags, 0)
	if err != nil || s.Lock == NoLock {
		return f, err
	}
	call := unix.F_SETLK
	if s.Lock == OFDLock {
		call = unix.F_OFD_SETLK
	}
	shared := unix.Flock_t{Type: unix.F_RDLCK, Whence: io.SeekStart, Start: 0x40000002, Len: 510}
	return f, unix.FcntlFlock(f.Fd(), call, &shared)
}
