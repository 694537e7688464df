package fossil

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"

	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// Cause is why a message was not answered as its client wanted.
type Cause string

// The causes. The first ones are ours, the others the client's.
const (
	CauseBusy     Cause = "busy"      // another process holds the repository
	CauseCrowded  Cause = "crowded"   // too many messages wait to be taken in
	CauseFull     Cause = "disk full" // or a quota
	CauseReadOnly Cause = "read-only"
	CauseDamaged  Cause = "damaged"
	CauseClosed   Cause = "not serving" // not yet, not any more, or its storage is lost
	CauseInternal Cause = "internal"

	CauseRefused   Cause = "refused" // wrong login, project or date, or no right
	CauseMalformed Cause = "malformed"
	CauseTooLarge  Cause = "too large"
	CauseSlow      Cause = "slow"    // it did not keep to the least rate, and was cut
	CauseGone      Cause = "hung up" // before it had its answer
	CauseForeign   Cause = "foreign" // for another host, from a web page, or no sync message
)

// Ours reports whether it is the hub that failed.
func (c Cause) Ours() bool {
	switch c {
	case CauseBusy, CauseCrowded, CauseFull, CauseReadOnly, CauseDamaged, CauseClosed, CauseInternal:
		return true
	case CauseRefused, CauseMalformed, CauseTooLarge, CauseSlow, CauseGone, CauseForeign:
	}
	return false
}

// The doors by which messages come.
const (
	DoorHTTP = "http"
	DoorNATS = "nats"
)

// Failure tells of one message that was not answered as its client wanted.
type Failure struct {
	Door  string
	Peer  string // where it came from
	User  string // the login that it names, right or wrong; "" if none or not known
	Cause Cause
	What  string // what it was, the same for all that have done the same
	Err   error
}

// errNotServing is the cause of what comes too early, too late, or after a loss.
var errNotServing = errors.New("the hub does not serve")

// tell passes on what has become of a message.
func (p Peer) tell(user, what string, err error) {
	if p.OnFailure == nil || err == nil {
		return
	}
	from := p.Name
	if from == "" {
		from = p.Addr
	}
	p.OnFailure(Failure{Door: p.Door, Peer: from, User: user, Cause: causeOf(err), What: what, Err: err})
}

// What most failures are about.
const (
	aMessage = "a sync message"
	aReply   = "a reply that was not taken"
)

// causeOf finds the cause of an error.
func causeOf(err error) Cause {
	var damage *store.DamageError
	var long *http.MaxBytesError
	var cut *net.OpError // not net.Error, which SQLite's errors are too
	if errors.As(err, &damage) {
		return CauseDamaged
	}
	for _, c := range []struct {
		cause Cause
		is    bool
	}{
		{CauseBusy, errors.Is(err, sqlite.ErrBusy)},
		{CauseFull, errors.Is(err, sqlite.ErrFull)},
		{CauseReadOnly, errors.Is(err, sqlite.ErrReadOnly)},
		{CauseDamaged, errors.Is(err, sqlite.ErrCorrupt)},
		{CauseClosed, errors.Is(err, sqlite.ErrClosed) || errors.Is(err, errNotServing)},
		{CauseTooLarge, errors.Is(err, xfer.ErrBudget) || errors.Is(err, sqlite.ErrTooLarge) || errors.Is(err, errTooLarge) || errors.As(err, &long)},
		{CauseMalformed, serve.Malformed(err)},
		{CauseRefused, serve.Refused(err)},
		{CauseSlow, errors.Is(err, os.ErrDeadlineExceeded)},
		{CauseGone, errors.Is(err, context.Canceled) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &cut)},
	} {
		if c.is {
			return c.cause
		}
	}
	return CauseInternal
}
