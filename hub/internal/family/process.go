package family

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Process is a process of the family that this one has started.
type Process struct {
	PID     int
	Control *Link // nil where descriptors cannot be passed on

	cmd *exec.Cmd
}

// Passed is what a process is started with besides its Spec. Nil parts are left out.
type Passed struct {
	Keeper   *os.File // the far end of a link; closed by Start
	Lock     *os.File
	Listener *os.File
	Output   *os.File // takes what the process prints
}

// Start starts a process of the family from this program. It gets a link to this process
// of its own. Where there are none only a Hub can be started; for the other parts the error
// matches errors.ErrUnsupported.
func Start(s Spec, p Passed) (*Process, error) {
	defer closeFile(p.Keeper)
	ours, theirs, err := Pair()
	if errors.Is(err, errors.ErrUnsupported) && s.Part == Hub {
		ours, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer closeFile(theirs)
	if ours == nil {
		p.Listener = nil
	}
	cmd, err := command(s, p, theirs)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("family: start %s: %w", s.Part, err), ours.Close())
	}
	child := &Process{PID: cmd.Process.Pid, Control: ours, cmd: cmd}
	if p.Listener != nil {
		if err := ours.Send(Message{Word: Listener, File: p.Listener}); err != nil {
			child.Kill()
			return nil, err
		}
	}
	return child, nil
}

func command(s Spec, p Passed, control *os.File) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	verb := "start"
	if s.Part == Keeper {
		verb = "keep"
	}
	cmd := exec.Command(exe, "hub", verb, "--root", s.Root) // the arguments are for readers of ps
	s.Files, s.Listens = nil, p.Listener != nil
	for _, f := range []struct {
		name string
		file *os.File
	}{{fileControl, control}, {fileKeeper, p.Keeper}, {fileLock, p.Lock}} {
		if f.file != nil {
			s.Files = append(s.Files, f.name)
			cmd.ExtraFiles = append(cmd.ExtraFiles, f.file)
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, Env+"=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, Env+"="+string(text), foregroundEnv+"=1")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Root, p.Output, p.Output
	cmd.SysProcAttr = ownSession()
	return cmd, nil
}

// foregroundEnv tells the bones CLI that a process is the hub itself.
const foregroundEnv = "BONES_HUB_FOREGROUND"

func closeFile(f *os.File) {
	if f != nil {
		_ = f.Close() // it was passed on
	}
}

// Wait waits for the end of the process and returns its exit code, -1 after a signal.
func (p *Process) Wait() (code int, err error) {
	err = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode(), err
}

// Kill ends the process at once, and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // how it ended is our own doing
	_ = p.Control.Close()
}

// Stop asks the process to stop; where that cannot be said, it ends at once.
func (p *Process) Stop() {
	if p.cmd.Process.Signal(syscall.SIGTERM) != nil {
		_ = p.cmd.Process.Kill() // or it has ended already
	}
}

// End asks the process to stop and waits for its end. After grace it calls beforeKill, and
// ends the process at once.
func (p *Process) End(grace time.Duration, beforeKill func()) {
	p.Stop()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.cmd.Wait() }()
	limit := time.NewTimer(grace)
	defer limit.Stop()
	select {
	case <-ended:
	case <-limit.C:
		beforeKill()
		_ = p.cmd.Process.Kill() // or it has ended just now
		<-ended
	}
	_ = p.Control.Close()
}

// Release lets the process live on without this one. The link ends. If it ends before this
// one does, it is taken off the process table: that is all that is left behind here. No
// other method may be called any more.
func (p *Process) Release() error {
	go func() { _ = p.cmd.Wait() }() // ends with either process
	return p.Control.Close()
}
