package fossil

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/inbox"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// CloneOptions say how to clone.
type CloneOptions struct {
	Login       Login
	User        string // first user of the clone; "" means the login's, then "orchestrator"
	RelaxedSync bool   // see WithRelaxedSync
}

// SyncOptions say how to pull or push.
type SyncOptions struct {
	Login Login
}

const (
	cloneVersion = 3      // artifacts come as the server stores them
	maxRounds    = 10_000 // no exchange is that long
)

// clientVersion is what we claim to be, in pragma client-version.
var clientVersion = [...]string{"22100", "20230226", "192424"}

// Clone makes the file at path, which must not exist, a copy of the server's
// repository. If it fails, no file remains. What a server says in an error
// card is a *RemoteError.
func Clone(ctx context.Context, path string, t Transport, o CloneOptions) (_ *Repo, err error) {
	e := &exchange{transport: t, login: o.Login}
	first, err := e.hello(ctx)
	if err != nil {
		return nil, fmt.Errorf("fossil: clone: %w", err)
	}
	user := o.User
	if user == "" {
		user = o.Login.User
	}
	r, err := Create(ctx, path, CreateOptions{
		ProjectCode: e.project,
		ProjectName: first.projectName(),
		User:        user,
		RelaxedSync: o.RelaxedSync,
	})
	if err != nil {
		return nil, err
	}
	if err := r.fillClone(ctx, e, first); err != nil {
		return nil, errors.Join(fmt.Errorf("fossil: clone: %w", err), r.Close(), removeFiles(path))
	}
	return r, nil
}

// hello sends the first message of a clone. A server that lets nobody clone
// still tells the project, without which there is no login; then the message
// is sent once more.
func (e *exchange) hello(ctx context.Context) (reply, error) {
	r, err := e.send(ctx, cloneFrom(1))
	if code := r.projectCode(); code != "" {
		e.project = code
	}
	if errors.Is(err, ErrRefused) && e.project != "" && e.login.User != "" {
		r, err = e.send(ctx, cloneFrom(1))
	}
	if err == nil && e.project == "" {
		err = fmt.Errorf("%w: no project code", ErrProtocol)
	}
	return r, err
}

func cloneFrom(seqno int64) *xfer.Writer {
	w := greeting()
	w.ReqConfig("/project")
	w.Clone(cloneVersion, seqno)
	return w
}

// projectCode returns the code in the reply's push card, or "".
func (r reply) projectCode() string {
	for _, card := range r {
		if c, ok := card.(xfer.Push); ok {
			return c.ProjectCode
		}
	}
	return ""
}

// projectName returns the name in the reply's configuration, or "".
func (r reply) projectName() string {
	for _, card := range r {
		c, ok := card.(xfer.Config)
		if !ok {
			continue
		}
		if row, err := xfer.ParseConfig(c.Content); err == nil && row.Name == "project-name" {
			name, _ := row.Value("value")
			return name
		}
	}
	return ""
}

// next returns where a clone must go on, 0 at the end.
func (r reply) next() (int64, bool) {
	for _, card := range r {
		if c, ok := card.(xfer.CloneSeqNo); ok {
			return c.SeqNo, true
		}
	}
	return 0, false
}

// fillClone stores the first reply, fetches the rest, and then what came to
// the server meanwhile.
func (r *Repo) fillClone(ctx context.Context, e *exchange, first reply) error {
	answer, at := first, int64(1)
	for {
		if err := r.receive(ctx, e, answer); err != nil {
			return err
		}
		next, ok := answer.next()
		if !ok || next == 0 {
			break
		}
		if next <= at {
			return fmt.Errorf("%w: clone goes from %d back to %d", ErrProtocol, at, next)
		}
		at = next
		var err error
		if answer, err = e.send(ctx, cloneFrom(at)); err != nil {
			return err
		}
	}
	if err := r.pull(ctx, e); err != nil {
		return err
	}
	return r.settle(ctx)
}

// receive stores what a reply carries and makes phantoms of what it announces.
func (r *Repo) receive(ctx context.Context, e *exchange, answer reply) error {
	var checkIns []int64
	err := r.write(ctx, "receive", func(c *sqlite.Conn) error {
		from := store.Origin{User: e.login.User, Time: time.Now()}
		in := inbox.Inbox{Linker: crosslink.New(r.store.Tx(c, from))}
		for _, card := range answer {
			in.Budget = xfer.NewBudget(store.MaxArtifact) // each may be large; they are not held together
			if err := e.take(in, card); err != nil {
				return err
			}
		}
		if err := in.Link(); err != nil {
			return err
		}
		checkIns = in.CheckIns()
		return in.Finish()
	})
	if err == nil {
		r.watch.announce(ctx, r, checkIns)
	}
	return err
}

// take stores one card. What a server announces is wanted, unless it is
// private.
func (e *exchange) take(in inbox.Inbox, card xfer.Card) error {
	switch c := card.(type) {
	case xfer.File:
		e.stats.Received++
		return in.File(c)
	case xfer.CFile:
		e.stats.Received++
		return in.CFile(c)
	case xfer.IGot:
		shunned, err := in.Shunned(c.UUID)
		if err == nil && !shunned && !c.Private {
			_, err = in.RID(c.UUID, false)
		}
		return err
	default:
		return nil
	}
}
