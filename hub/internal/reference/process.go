//go:build unix

package reference

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/registry"
)

// serveEnv makes a process that calls ServeChild the hub of the root it names.
// foregroundEnv says the same to the reference.
const (
	serveEnv      = "BONES_TEST_REFERENCE"
	foregroundEnv = "BONES_HUB_FOREGROUND"
)

// ServeChild makes Start work: call it first thing in TestMain. It returns false at once
// in every process but one of Start; there it serves until SIGTERM or SIGINT, and the
// caller should exit then.
func ServeChild() (served bool, err error) {
	root := os.Getenv(serveEnv)
	if root == "" {
		return false, nil
	}
	ctx, end := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer end()
	d := bonesdir.At(root)
	p, err := resolvePorts(d, ports{})
	if err != nil {
		return true, err
	}
	h, err := bringUp(ctx, d, p)
	if err != nil {
		return true, err
	}
	return true, h.serve(ctx, nil)
}

// Process is a hub of the reference in a process of its own, a child of this one.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed once it was waited for
	err   error         // of the wait
}

// startPatience bounds the wait for a hub in another process.
const startPatience = 15 * time.Second

// Start is `hub start --detach`: it has the lock while its hub comes up, and lets go once
// that is ready. From then on no lock says that there is a hub. The program must call
// ServeChild. Errors match ErrRunning and ErrLockHeld; the caller ends the process.
func Start(ctx context.Context, root string, o Options) (_ *Process, err error) {
	s, err := begin(ctx, root)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.lock.release()) }()
	at, err := s.settle(ports{o.RepoPort, o.CoordPort})
	if err != nil {
		return nil, err
	}
	p, err := spawn(s.dir, at)
	if err != nil {
		return nil, err
	}
	if err := p.await(ctx, s.dir, at); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// spawn starts this program under the reference's name and arguments, by which process
// lists are searched.
func spawn(d bonesdir.Dir, at ports) (*Process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("reference: start: %w", err)
	}
	out, err := os.OpenFile(d.Log(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("reference: start: %w", err)
	}
	defer out.Close() //nolint:errcheck // the child has it
	cmd := &exec.Cmd{
		Path: exe, Dir: d.Root, Stdout: out, Stderr: out,
		Args: []string{
			"bones", "hub", "start", "--repo-port", strconv.Itoa(at.repo), "--coord-port", strconv.Itoa(at.coord),
			"--drain-timeout", "30s",
		},
		Env:         append(os.Environ(), serveEnv+"="+d.Root, foregroundEnv+"=1"),
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("reference: start: %w", err)
	}
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	go func() { p.err = cmd.Wait(); close(p.ended) }() // Kill and Stop wait for it
	return p, nil
}

// await polls, in the reference's order, until the hub answers and is recorded.
func (p *Process) await(ctx context.Context, d bonesdir.Dir, at ports) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(startPatience)
	for {
		row, err := registry.Read(os.Getenv("HOME"), d.Root)
		if answers(at.repo) && answers(at.coord) && readPID(d.PIDFile()) == p.PID() && err == nil && row.HubPID == p.PID() {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.ended:
			return fmt.Errorf("reference: the hub ended: %w", errors.Join(p.err, errors.New(logTail(d))))
		case <-limit:
			return errors.New("reference: the hub is not ready: " + logTail(d))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func answers(port int) bool {
	c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
	return err == nil && c.Close() == nil
}

// logTail is the end of hub.log that the reference shows.
func logTail(d bonesdir.Dir) string {
	text, _ := os.ReadFile(d.Log())
	return string(text[max(0, len(text)-2048):])
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended and was waited for.
func (p *Process) Done() <-chan struct{} { return p.ended }

// Stop sends SIGTERM and waits; the error is that of the process.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.ended
	return p.err
}

// Kill sends SIGKILL and waits. Calling it for an ended process does nothing.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}
