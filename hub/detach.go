package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
)

// childEnv carries a childSpec to the process of a detached hub; its presence is
// what makes a process that child. foregroundEnv says the same to the bones CLI.
const (
	childEnv      = "BONES_HUB_CHILD"
	foregroundEnv = "BONES_HUB_FOREGROUND"
)

// exitRunning tells whoever started the process that another hub was faster.
const exitRunning = 3

// ErrNoServeChild is returned for WithDetach by programs whose main does not
// call ServeChild: starting them again would run them, not a hub.
var ErrNoServeChild = errors.New("hub: detach: main does not call hub.ServeChild")

// servesChild records that main called ServeChild.
var servesChild atomic.Bool

// childSpec is what a detached hub is started with.
type childSpec struct {
	Root         string        `json:"root"`
	RepoPort     int           `json:"repo_port"`
	CoordPort    int           `json:"coord_port"`
	DrainTimeout time.Duration `json:"drain_timeout"`
	LogLevel     string        `json:"log_level,omitempty"`
	Durability   Durability    `json:"durability"`
	TakeOver     bool          `json:"take_over"` // wait for the running hub to go instead of refusing
}

// ServeChild makes WithDetach work: call it first thing in main. It returns at
// once in every process but that of a detached hub; there it serves the hub
// until SIGTERM, SIGINT or SIGHUP and exits the process: 0 after a clean stop, 3
// if there is a hub already, 1 after another error, which it prints.
func ServeChild() {
	servesChild.Store(true)
	spec := os.Getenv(childEnv)
	if spec == "" {
		return
	}
	err := serveChild([]byte(spec))
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // lands in hub.stderr.log
	}
	switch {
	case err == nil:
		os.Exit(0)
	case errors.Is(err, ErrRunning):
		os.Exit(exitRunning)
	default:
		os.Exit(1)
	}
}

func serveChild(spec []byte) error {
	var c childSpec
	if err := json.Unmarshal(spec, &c); err != nil {
		return fmt.Errorf("hub: detached: read %s: %w", childEnv, err)
	}
	h, err := New(c.Root, WithRepoPort(c.RepoPort), WithCoordPort(c.CoordPort),
		WithDrainTimeout(c.DrainTimeout), WithLogLevel(c.LogLevel), WithDurability(c.Durability))
	if err != nil {
		return err
	}
	h.set.takeOver = c.TakeOver
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	return h.runUntil(signals)
}

// runUntil runs the hub until a signal drains it; the second one cuts.
func (h *Hub) runUntil(signals <-chan os.Signal) error {
	ctx, drain := context.WithCancel(context.Background())
	defer drain()
	var listening sync.WaitGroup
	defer listening.Wait()
	listening.Go(func() {
		for range 2 {
			select {
			case <-signals:
				h.interrupt(ctx.Err() != nil)
				drain()
			case <-h.done:
				return
			}
		}
	})
	return h.Run(ctx)
}

// startDetached starts a hub in a process of its own and waits until it says
// that it is ready, or has exited.
func (h *Hub) startDetached(ctx context.Context) error {
	if err := h.Check(ctx); err != nil {
		return err
	}
	if err := h.dir.Create(); err != nil {
		return err
	}
	child, err := h.spawnChild(false)
	if err != nil {
		return err
	}
	return child.awaitReady(ctx)
}

// HandOver replaces this hub by a detached one on the same ports. Its clients
// reconnect by themselves; what was acknowledged stays. When it returns nil, Run
// has returned and the new hub is ready. An error before the drain has changed
// nothing. Once it drains there is no way back: a ctx that ends then, or a drain
// that leaves something behind, ends the wait and not the new process. The error
// is a *TakeOverError then.
func (h *Hub) HandOver(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("hub: hand over: %w", err)
	}
	child, err := h.spawnChild(true)
	if err != nil {
		return err
	}
	child.takesOver = true
	drained := h.Drain(ctx)
	if h.lockKept() {
		return child.leave(drained)
	}
	if err := child.awaitReady(ctx); err != nil {
		return errors.Join(err, drained)
	}
	return nil
}

// child is the process of a detached hub that is coming up.
type child struct {
	dir       bonesdir.Dir
	cmd       *exec.Cmd
	takesOver bool // from a hub that will not come back
}

// leave lets the child take over without being waited for.
func (c *child) leave(why error) error {
	pid := c.cmd.Process.Pid
	return errors.Join(&TakeOverError{PID: pid, Err: why}, c.cmd.Process.Release())
}

func (h *Hub) spawnChild(takeOver bool) (*child, error) {
	if !servesChild.Load() {
		return nil, ErrNoServeChild
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("hub: detach: %w", err)
	}
	spec, err := json.Marshal(childSpec{
		Root: h.dir.Root, RepoPort: h.set.repoPort, CoordPort: h.set.coordPort,
		DrainTimeout: h.set.drainTimeout, LogLevel: h.set.level.String(), Durability: h.set.durability, TakeOver: takeOver,
	})
	if err != nil {
		return nil, fmt.Errorf("hub: detach: %w", err)
	}
	out, err := openStderrLog(h.dir.StderrLog())
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command(exe, "hub", "start", "--root", h.dir.Root) // the arguments are for readers of ps
	cmd.Dir, cmd.Stdout, cmd.Stderr = h.dir.Root, out, out
	cmd.Env = append(os.Environ(), childEnv+"="+string(spec), foregroundEnv+"=1")
	cmd.SysProcAttr = ownSession()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("hub: detach: %w", err)
	}
	return &child{dir: h.dir, cmd: cmd}, nil
}

// openStderrLog opens the file for what a detached hub prints, which is normally
// nothing. The last words of an earlier one are kept beside it. A link is refused: the
// checkout that brought it must not choose what is written to.
func openStderrLog(path string) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("hub: detach: %w", err)
		}
	}
	f, err := bonesdir.OpenAppend(path, 0o600)
	if err != nil {
		return nil, fmt.Errorf("hub: detach: %w", err)
	}
	return f, nil
}

// awaitReady races the hub's own word that it is ready against its exit.
func (c *child) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	pid := c.cmd.Process.Pid
	for {
		if !proc.Alive(pid) {
			err := c.cmd.Wait()
			if c.cmd.ProcessState.ExitCode() == exitRunning {
				return ErrRunning
			}
			return c.died(err)
		}
		if c.ready(ctx) {
			return c.cmd.Process.Release()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if c.takesOver {
				return c.leave(ctx.Err())
			}
			_ = c.cmd.Process.Kill()
			_ = c.cmd.Wait()
			return c.died(ctx.Err())
		}
	}
}

// ready asks the hub, once hub.pid names the child.
func (c *child) ready(ctx context.Context) bool {
	rec, err := c.dir.ReadPID()
	if err != nil || rec.PID != c.cmd.Process.Pid {
		return false
	}
	url := c.dir.NATSURL()
	if url == "" {
		return false
	}
	nc, err := nats.Connect(url, nats.Timeout(time.Second))
	if err != nil {
		return false
	}
	defer nc.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	reply, err := nc.RequestWithContext(ctx, statusSubject, nil)
	if err != nil {
		return false
	}
	st, err := decodeStatus(reply.Data)
	return err == nil && st.PID == rec.PID && st.Phase == PhaseReady
}
