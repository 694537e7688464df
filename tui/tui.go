package tui

import (
	"context"
	"fmt"
	"os"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/findings"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/commands"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/notice"
	"bones-tui/tui/internal/subjects"
)

// Hub is what the dashboard needs of a hub, its own or another process's.
type Hub interface {
	Status(context.Context) (hub.Status, error)
	Shutdown(context.Context, ...hub.StopOption) error
	Done() <-chan struct{}
	Err() error
}

// SlotSource delivers snapshots of the slots, each complete. Next blocks until
// there is a new one. If it has a method Problem() string as well, that says in a few
// words why the last one may not tell how things are, "" if it does.
type SlotSource interface {
	Next(context.Context) ([]slots.Slot, error)
}

// Session is one connection to a hub; starting again makes a new one.
type Session struct {
	Hub       Hub
	Slots     SlotSource     // nil: slots cannot be seen
	Inspector                // nil: nothing but the panes can be seen
	Activity  ActivitySource // nil: there is no timeline
	Owned     bool           // the hub lives in this process

	// Drain ends an owned hub without asking for active slots, with the full
	// drain. It answers a signal. Nil: a forced Shutdown does.
	Drain func(context.Context) error

	// Close lets go of what the session holds. It does not stop the hub. Nil: nothing to do.
	Close func() error
}

// Config is everything the dashboard works with.
type Config struct {
	Root    string // of the workspace
	Home    string // shortens Root to ~ on the screen; may be empty
	Name    string // of the workspace
	Version string // of this program
	Host    string // this machine's name, as in session records

	// Connect starts the hub or attaches to the one that runs. It may return
	// before the hub is ready. If the first call fails with a *RefusedError, the
	// dashboard ends.
	Connect func(context.Context) (Session, error)

	// Background hands an owned hub over to a process of its own. Nil: cannot.
	Background func(context.Context) error

	// Reseed archives the workspace's repository and makes a fresh one from git. It
	// is called while no hub runs. Nil: cannot.
	Reseed func(context.Context) (hub.Reseeded, error)

	// Replace has another process's hub make way for a detached one, at once by force,
	// with a fresh repository if reseed is set. Nil: it is stopped, and Connect or Reseed
	// goes on.
	Replace func(ctx context.Context, force, reseed bool) (hub.Restarted, error)

	// Patch writes what git has not received to new files, as patches for git, with or
	// without a hub. Nil: cannot.
	Patch func(context.Context) ([]hub.Patch, error)

	// Recovery is the way back from copies of what the repository has no longer. Nil: there
	// is none.
	Recovery Recovery

	// Running tells which process is the hub and can be attached to, asked while the screen
	// shows none: it goes on with one that has come up. Nil: the operator says when.
	Running func() (pid int, ok bool)

	Log          *logview.Log     // nil: no log
	Signals      <-chan os.Signal // nil: none
	Now          func() time.Time // nil: time.Now; its location is the zone of the screen
	SaveDir      string           // where lines of the log are saved; empty: they cannot be
	StateFile    string           // keeps how the screen is arranged; empty: nothing is kept
	DrainTimeout time.Duration    // shown while draining; 0: not shown
	ReadOnly     bool             // no key changes the hub
	ASCII        bool             // no glyph beyond ASCII
	Settings     Settings         // the operator's choices

	// Checkup examines the workspace, as doctor does. Nil: nobody does.
	Checkup func(context.Context) []findings.Finding

	// Dismiss ends the telling of an incident. Nil: cannot.
	Dismiss func(ctx context.Context, id string) error

	// FreeDisk tells how many bytes are free where the workspace is. Nil: unknown.
	FreeDisk func(context.Context) (uint64, error)
}

// RefusedError is why there can be no hub before the operator has done something
// that this program cannot do.
type RefusedError struct{ Err error }

// Error is that of what was refused.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *RefusedError) Unwrap() error { return e.Err }

// Inspector reads what the hub holds.
type Inspector = details.Inspector

// ActivitySource tells what happened.
type ActivitySource = subjects.ActivitySource

// Recovery is the way back from copies.
type Recovery = subjects.Recovery

// PanicError is a panic in the screen's own code.
type PanicError = commands.PanicError

// Ending is how a dashboard was left.
type Ending uint8

// The endings.
const (
	EndedDetached   Ending = iota // the hub belongs to another process and runs on
	EndedStopped                  // the hub was stopped
	EndedBackground               // the hub was handed over and runs on
	EndedFailed                   // there is no hub, and not because it was asked to stop
	EndedRefused                  // there never was one: Err says what is in the way
	EndedUnknown                  // the hub was being replaced, and may be still
)

// Outcome is what the operator should read once the screen is gone.
type Outcome struct {
	Ending Ending
	PID    int    // of the hub, if known
	Err    error  // why it failed, or what went wrong while stopping
	Patch  string // the command that gives git what was written for it; "" if nothing was
}

// String is one line for the normal screen.
func (o Outcome) String() string {
	var s string
	switch o.Ending {
	case EndedDetached:
		s = "detached; the hub keeps running"
		if o.PID > 0 {
			s += fmt.Sprintf(" (pid %d)", o.PID)
		}
	case EndedStopped:
		s = "hub stopped"
	case EndedBackground:
		s = "the hub keeps running in the background"
	case EndedFailed, EndedRefused:
		s = "no hub is running"
	case EndedUnknown:
		s = "left while the hub was being replaced; bones-tui hub status tells what became of it"
	}
	if o.Err != nil {
		s += ": " + cells.Clean(notice.Cause(o.Err)).String()
	}
	if o.Patch != "" {
		s += "; for git: " + cells.Clean(o.Patch).String()
	}
	return s
}
