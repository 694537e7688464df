package hub

import (
	"errors"
	"fmt"
	"strings"

	"bones-tui/hub/internal/seed"
	"bones-tui/slots"
)

// ErrActiveSlots is returned by Stop and Shutdown when a slot would lose its
// hub; the error is an *ActiveSlotsError. WithForce overrides.
var ErrActiveSlots = errors.New("hub: active swarm slots present")

// ErrSeedPrecondition is returned when the workspace has nothing that a
// repository could be seeded from; the error is a *SeedError.
var ErrSeedPrecondition = seed.ErrPrecondition

// ErrTrackedState is matched by the error of a start in a workspace where git tracks what
// only a hub may write: it would be trusted, whoever has made it. The error is a *SeedError.
var ErrTrackedState = seed.ErrTrackedState

// ErrStaleClaudeWorktrees is returned when .claude/worktrees/agent-* directories
// of an older isolation scheme are present.
var ErrStaleClaudeWorktrees = errors.New(
	"bones: refusing to start: legacy .claude/worktrees/agent-*/ dirs " +
		"present (run `bones cleanup --all-worktrees` to migrate; ADR 0050)")

// ErrRunning is returned by Run when the workspace already has a hub, and
// carries its pid in a *RunningError.
var ErrRunning = errors.New("hub: already running")

// ErrNotRunning is returned by Attach when no live hub is recorded.
var ErrNotRunning = errors.New("hub: not running")

// ErrDrainTimeout is returned by Run when the drain had to be cut short.
var ErrDrainTimeout = errors.New("hub: drain timeout exceeded")

// ErrStillAlive is returned by Stop when the process survived SIGKILL; hub.pid
// is kept.
var ErrStillAlive = errors.New("hub: process is still alive")

// ActiveSlotsError names the slots for which a stop was refused.
type ActiveSlotsError struct{ Slots []slots.Slot }

// Error names the slots and the way to override.
func (e *ActiveSlotsError) Error() string {
	names := make([]string, len(e.Slots))
	for i, s := range e.Slots {
		names[i] = s.Name
	}
	return fmt.Sprintf("%v: %s; close them first or pass --force", ErrActiveSlots, strings.Join(names, ", "))
}

// Is reports that the error is an ErrActiveSlots.
func (e *ActiveSlotsError) Is(target error) bool { return target == ErrActiveSlots }

// SeedError says why a workspace cannot be seeded and what to do about it.
type SeedError = seed.Error

// RunningError names the process that is the hub, or holds its lock.
type RunningError struct{ PID int }

// Error names the pid, if it is known.
func (e *RunningError) Error() string {
	if e.PID == 0 {
		return ErrRunning.Error()
	}
	return fmt.Sprintf("%v (pid %d)", ErrRunning, e.PID)
}

// Is reports that the error is an ErrRunning.
func (e *RunningError) Is(target error) bool { return target == ErrRunning }

// StartError says at which step a hub failed to come up; for a detached one it
// carries the child's own last words.
type StartError struct {
	Step string // "checks", "nats", "fossil", …
	Log  string // last lines of hub.log and of the child's output; may be empty
	Err  error
}

// Error names the step and the cause.
func (e *StartError) Error() string { return fmt.Sprintf("hub: start: %s: %v", e.Step, e.Err) }

// Unwrap returns the cause.
func (e *StartError) Unwrap() error { return e.Err }

// TakeOverError is returned by HandOver when it has stopped waiting: the old hub has
// begun to drain, and a process is there that takes its place by itself, as soon as
// the old one has let go of the workspace or its process has ended.
type TakeOverError struct {
	PID int // of the new hub
	Err error
}

// Error names the process and says why it was not waited for.
func (e *TakeOverError) Error() string {
	return fmt.Sprintf("hub: hand over: process %d takes over by itself, not waited for: %v", e.PID, e.Err)
}

// Unwrap returns why it was not waited for.
func (e *TakeOverError) Unwrap() error { return e.Err }

// errLost is why a hub that has lost its storage ends what it does there, and is returned
// where it would have to pass that on.
var errLost = errors.New("its storage is lost")

// LostError says that there is a hub which has lost its storage and accepts nothing.
type LostError struct {
	Root string
	PID  int
	Why  string
}

// Error is one line: where, what, and the way out.
func (e *LostError) Error() string {
	return fmt.Sprintf("hub: %s: process %d is the hub and accepts nothing: %s; bones-tui hub restart replaces it", e.Root, e.PID, e.Why)
}

// Unwrap returns what it is a case of.
func (e *LostError) Unwrap() error { return errLost }

// UnsavedError says that a hub which has lost its storage is the only one that has what its
// repository held, so that it is not ended.
type UnsavedError struct{ LostError }

// Error is one line: where, what, and the way out.
func (e *UnsavedError) Error() string {
	return fmt.Sprintf("hub: %s: process %d is the only one that has what the repository held: %s; once that is mended it saves it within seconds, and --force gives it up", e.Root, e.PID, e.Why)
}

// ErrNoServeChild is returned for WithDetach by programs whose main does not
// call ServeChild: starting them again would run them, not a hub.
var ErrNoServeChild = errors.New("hub: detach: main does not call hub.ServeChild")
