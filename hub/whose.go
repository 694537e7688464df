package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// Ownership is what the kernel's answers say about whose hub a workspace has. It is of one
// moment.
type Ownership struct {
	Answer string `json:"answer"` // "free", "held" or "cannot tell"

	PID     int    `json:"pid,omitempty"`     // held: the process that has the workspace
	Role    string `json:"role,omitempty"`    // held: "hub", "keeper" between two hubs, "hub of an earlier release", "hub of bones"
	Serving bool   `json:"serving,omitempty"` // held: the recorded ports are that process's own

	Asked string `json:"asked,omitempty"` // cannot tell: what was asked, and what the system answered
	Next  string `json:"next,omitempty"`  // cannot tell: what mends it
	Stale string `json:"stale,omitempty"` // what hub.pid claims and is not so
}

// The answers of an Ownership.
const (
	OwnedFree      = "free"
	OwnedHeld      = "held"
	OwnedUncertain = "cannot tell"
)

// Whose says whose hub the workspace at root has. It reads only.
func Whose(root string) Ownership { return ownership(owner.Whose(bonesdir.At(root))) }

func ownership(v owner.Verdict) Ownership {
	o := Ownership{Answer: v.Answer.String(), PID: v.PID, Serving: v.Serving, Asked: v.Asked, Next: v.Next, Stale: v.Stale}
	if v.Answer == owner.Held {
		o.Role = v.Role.String()
	}
	return o
}

// ErrUncertain is matched by the error of whatever needs to know whose hub a workspace
// has and cannot tell; the error is an *UncertainError. Nothing was started, nobody was
// signalled.
var ErrUncertain = errors.New("hub: cannot tell whose hub it is")

// UncertainError says why it cannot be told whose hub a workspace has.
type UncertainError struct {
	Root  string
	Asked string // what was asked, and what the system answered
	Next  string // the command or the act that mends it
}

// Error is one line: where, what, and the way out.
func (e *UncertainError) Error() string {
	return fmt.Sprintf("%v: %s: %s; %s", ErrUncertain, e.Root, e.Asked, e.Next)
}

// Is reports that the error is an ErrUncertain.
func (e *UncertainError) Is(target error) bool { return target == ErrUncertain }

// uncertain is the error of a verdict that knows nothing.
func uncertain(d bonesdir.Dir, v owner.Verdict) error {
	return &UncertainError{Root: d.Root, Asked: v.Asked, Next: v.Next}
}

// mustBeFree refuses unless nobody is the hub.
func mustBeFree(d bonesdir.Dir) error {
	switch v := owner.Whose(d); v.Answer {
	case owner.Free:
		return nil
	case owner.Held:
		return &RunningError{PID: v.PID}
	default:
		return uncertain(d, v)
	}
}

// doubtFor is how long a process may take between its first lock and what proves it a hub.
const doubtFor = 2 * time.Second

const (
	// servingPoll is how often one looks whether a hub that comes up is there.
	servingPoll = 20 * time.Millisecond
	// lookShare bounds what looking takes of the time: the many who wait for one hub must
	// not hold it up.
	lookShare = 8
)

// awaitServing waits until a hub of the workspace says that it is ready, and returns its
// pid. The error is ErrNotRunning if there is nobody to wait for, an *UncertainError, a
// *LostError, or that of ctx.
func awaitServing(ctx context.Context, d bonesdir.Dir) (pid int, err error) {
	doubt := time.Now().Add(doubtFor)
	for {
		asked := time.Now()
		v := owner.Whose(d)
		switch {
		case v.Answer == owner.CannotTell && time.Now().Before(doubt):
		case v.Answer == owner.Free:
			return 0, ErrNotRunning
		case v.Answer == owner.CannotTell:
			return 0, uncertain(d, v)
		case v.Serving && v.Role == owner.RoleReference:
			return v.PID, nil
		case v.Serving:
			if ready, err := saysReady(ctx, d, v.PID); ready || err != nil {
				return v.PID, err
			}
		}
		select {
		case <-time.After(max(servingPoll, lookShare*time.Since(asked))):
		case <-ctx.Done():
			return v.PID, ctx.Err()
		}
	}
}

// saysReady asks the hub that should be process pid. One that has lost its storage is
// never ready again: the error is a *LostError.
func saysReady(ctx context.Context, d bonesdir.Dir, pid int) (bool, error) {
	nc, err := nats.Connect(d.NATSURL(), nats.Timeout(answerPatience), nats.NoReconnect())
	if err != nil {
		return false, nil //nolint:nilerr // not yet
	}
	defer nc.Close()
	st, err := askLoss(ctx, nc)
	switch {
	case err != nil || st.PID != pid:
		return false, nil //nolint:nilerr // not yet
	case st.Lost != "":
		return false, &LostError{Root: d.Root, PID: pid, Why: st.Lost}
	}
	return st.Phase == PhaseReady, nil
}

// mayRecover are the refusals before anything is opened.
func mayRecover(d bonesdir.Dir) error {
	if err := d.Check(); err != nil {
		return err
	}
	return mustBeFree(d)
}
