package proc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

var (
	// ErrNotFound is returned when there is no process of that pid, or it is not
	// the one that was meant.
	ErrNotFound = errors.New("proc: no such process")
	// ErrSelf is returned by Terminate when asked to end the calling process.
	ErrSelf = errors.New("proc: refusing to signal ourselves")
)

const (
	pollEvery = 50 * time.Millisecond
	// afterKill bounds the wait for a killed process: only one that sleeps in the
	// kernel, waiting for a device, survives that long.
	afterKill = 5 * time.Second
)

// Process is a process whose identity has been checked.
type Process struct {
	pid     int
	started time.Time
	os      *os.Process // holds a pidfd where the system has them
}

// Find returns the process pid if it can be the writer of a file last modified
// at written, as StartedBefore decides it. Otherwise the error matches
// ErrNotFound.
func Find(pid int, written time.Time) (*Process, error) {
	if pid <= 0 {
		return nil, fmt.Errorf("%w: %d", ErrNotFound, pid)
	}
	p, err := os.FindProcess(pid) // before looking, so that what we check is what we hold
	if err != nil {
		return nil, fmt.Errorf("%w: %d: %w", ErrNotFound, pid, err)
	}
	if !StartedBefore(pid, written) {
		return nil, errors.Join(fmt.Errorf("%w: %d", ErrNotFound, pid), p.Release())
	}
	started, err := StartTime(pid)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %d: %w", ErrNotFound, pid, err), p.Release())
	}
	return &Process{pid: pid, started: started, os: p}, nil
}

// PID returns the process's number.
func (p *Process) PID() int { return p.pid }

// Started returns when the process started, accurate to about a second.
func (p *Process) Started() time.Time { return p.started }

// Alive reports whether this very process still runs.
func (p *Process) Alive() bool {
	if errors.Is(p.os.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		return false // a pidfd is never mistaken, whoever has the pid by now
	}
	return StartedBefore(p.pid, p.started)
}

// Terminate asks the process to stop, waits up to grace, then kills it and waits
// for its end. Where the system has nothing to ask with, as on Windows, it kills at once. It calls progress, which may be nil, about once a second while it
// waits, and beforeKill, which may be nil, if it has to kill. The identity is checked again before each signal. killed reports
// whether the process had to be killed. The error is nil once the process is
// gone; it is ErrSelf for our own process, and ctx's if that ended the wait
// first, with the process possibly still running.
func (p *Process) Terminate(
	ctx context.Context, grace time.Duration, progress func(elapsed time.Duration), beforeKill func(),
) (killed bool, err error) {
	if p.pid == os.Getpid() {
		return false, ErrSelf
	}
	begun := time.Now()
	report := func() {
		if progress != nil {
			progress(time.Since(begun))
		}
	}
	if !canAsk {
		grace = 0
	}
	if err := p.signal(askToStop); err != nil {
		return false, err
	}
	if gone, err := p.wait(ctx, grace, report); gone || err != nil {
		return false, err
	}
	if beforeKill != nil {
		beforeKill()
	}
	if err := p.signal((*os.Process).Kill); err != nil {
		return false, err
	}
	return true, p.outlast(ctx, report)
}

// Kill ends the process at once and waits for its end.
func (p *Process) Kill(ctx context.Context) error {
	if p.pid == os.Getpid() {
		return ErrSelf
	}
	if err := p.signal((*os.Process).Kill); err != nil {
		return err
	}
	return p.outlast(ctx, func() {})
}

// outlast waits for the end of a process that was killed.
func (p *Process) outlast(ctx context.Context, report func()) error {
	gone, err := p.wait(ctx, afterKill, report)
	if err == nil && !gone {
		err = fmt.Errorf("proc: process %d outlives its killing", p.pid)
	}
	return err
}

// signal sends one signal, unless the process is gone already.
func (p *Process) signal(send func(*os.Process) error) error {
	if !p.Alive() {
		return nil
	}
	if err := send(p.os); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("proc: signal process %d: %w", p.pid, err)
	}
	return nil
}

// wait returns whether the process ended within limit.
func (p *Process) wait(ctx context.Context, limit time.Duration, report func()) (gone bool, err error) {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for p.Alive() {
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("proc: wait for process %d: %w", p.pid, ctx.Err())
		case <-deadline.C:
			return !p.Alive(), nil
		case <-second.C:
			report()
		case <-poll.C:
		}
	}
	return true, nil
}

// Release lets go of what the handle holds. The Process must not be used after it.
func (p *Process) Release() error { return p.os.Release() }
