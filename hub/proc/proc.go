// Package proc answers questions about processes that others name by a bare
// number, and ends them without ever hitting the wrong one.
package proc

import (
	"fmt"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// Tolerance is how far the start of a process may seem to lie behind the moment
// it wrote a file, for the kernel counts starts in ticks since a boot that it
// knows to the second only.
const Tolerance = 2 * time.Second

// Alive reports whether pid is a process that can still do something. Another
// user's process is alive; a zombie, and a pid that is not positive, is not. One with
// threads that have not ended yet is alive: it still holds its files and locks.
func Alive(pid int) bool {
	if !present(pid) {
		return false
	}
	status, err := handle(pid).Status()
	if err != nil { // gone meanwhile, or not ours to look at
		return present(pid)
	}
	if !slices.Contains(status, process.Zombie) {
		return true
	}
	threads, err := handle(pid).NumThreads()
	return err == nil && threads > 1
}

// StartTime returns when pid started, accurate to about a second. The error says
// that there is no such process, or that it cannot be looked at.
func StartTime(pid int) (time.Time, error) {
	if !present(pid) {
		return time.Time{}, fmt.Errorf("proc: start time of %d: %w", pid, ErrNotFound)
	}
	ms, err := handle(pid).CreateTime()
	if err != nil {
		return time.Time{}, fmt.Errorf("proc: start time of %d: %w", pid, err)
	}
	return time.UnixMilli(ms), nil
}

// StartedBefore reports whether pid can be the process that wrote a file last
// modified at written: it is alive and started no later, give or take Tolerance.
// A pid that was given to another process since then started later and fails;
// so does every process if the file is from before this boot.
func StartedBefore(pid int, written time.Time) bool {
	if !Alive(pid) {
		return false
	}
	started, err := StartTime(pid)
	return err == nil && !started.After(written.Add(Tolerance))
}

// Command returns the program that pid runs, "" if it is not known, and its command line.
func Command(pid int) (exe string, args []string, err error) {
	if args, err = handle(pid).CmdlineSlice(); err != nil {
		return "", nil, fmt.Errorf("proc: command line of %d: %w", pid, err)
	}
	exe, _ = handle(pid).Exe()
	return exe, args, nil
}

// handle asks nothing yet: gopsutil's constructor would read facts that most
// callers here do not need.
func handle(pid int) *process.Process { return &process.Process{Pid: int32(pid)} }
