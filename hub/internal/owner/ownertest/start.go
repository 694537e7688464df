//go:build linux

package ownertest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// inheritEnv tells a stand-in that it has hub.lock by inheritance.
const inheritEnv = "OWNERTEST_INHERITS"

// Process is a stand-in at work.
type Process struct {
	PID   int
	cmd   *exec.Cmd
	stdin io.Closer
}

// Option changes how a stand-in is started.
type Option func(*exec.Cmd)

// Inheriting passes a locked hub.lock on to the stand-in.
func Inheriting(lock *os.File) Option {
	return func(c *exec.Cmd) {
		c.ExtraFiles = append(c.ExtraFiles, lock)
		c.Env = append(c.Env, inheritEnv+"=1")
	}
}

// Apart starts the stand-in as the first process of a pid namespace.
func Apart() Option {
	return func(c *exec.Cmd) { c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWPID | syscall.CLONE_NEWNS }
}

// As starts the stand-in as another user. The test must run as root.
func As(uid uint32) Option {
	return func(c *exec.Cmd) { c.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: uid} }
}

// Start starts a stand-in and waits until it has done all that s says. It ends with the
// test at the latest.
func Start(tb testing.TB, s Spec, opts ...Option) *Process {
	tb.Helper()
	cmd := command(tb, s, opts)
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	p := &Process{PID: cmd.Process.Pid, cmd: cmd, stdin: in}
	tb.Cleanup(p.Kill)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		p.Kill()
		if strings.Contains(stderr.String(), errNoNamespace.Error()) {
			tb.Skip(stderr.String())
		}
		tb.Fatalf("stand-in: %q, %v: %s", line, err, stderr.String())
	}
	return p
}

// Kill ends the stand-in as a crash does, and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	_ = p.stdin.Close()
	_ = p.cmd.Wait()
}

// Die kills the stand-in without waiting for it, so that a zombie is left until Kill.
func (p *Process) Die() error { return p.cmd.Process.Kill() }

// Ask returns the verdict of another process, started with the options.
func Ask(tb testing.TB, s Spec, opts ...Option) (v owner.Verdict) {
	tb.Helper()
	s.Ask = true
	cmd := command(tb, s, opts)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if strings.Contains(stderr.String(), errNoNamespace.Error()) {
		tb.Skip(stderr.String())
	}
	if err != nil {
		tb.Fatalf("ask: %v: %s", err, stderr.String())
	}
	if err := json.Unmarshal(out, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// Family returns hub.lock of d, locked, to be passed on and then closed.
func Family(tb testing.TB, d bonesdir.Dir) *os.File {
	tb.Helper()
	f, err := flock(d.LockFile(), os.O_CREATE|os.O_RDWR)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// command returns the command of a stand-in. A program that another user is to run is
// copied to where he can reach it.
func command(tb testing.TB, s Spec, opts []Option) *exec.Cmd {
	tb.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		tb.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	cmd.Env = append(os.Environ(), specEnv+"="+string(text))
	cmd.Dir = "/"
	for _, o := range opts {
		o(cmd)
	}
	if cmd.SysProcAttr.Credential != nil {
		cmd.Path = publicCopy(tb, self)
	}
	if len(s.Args) > 0 {
		cmd.Args = s.Args
	}
	return cmd
}

func publicCopy(tb testing.TB, program string) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "ownertest")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	text, err := os.ReadFile(program)
	if err != nil {
		tb.Fatal(err)
	}
	to := filepath.Join(dir, "standin")
	if err := os.WriteFile(to, text, 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return to
}
