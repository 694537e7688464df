// Package serve is the server's side of Fossil's sync protocol: one message in,
// one message out (https://fossil-scm.org/home/doc/trunk/www/sync.wiki).
package serve

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

// Server answers sync messages for one repository. It is safe for concurrent
// use.
type Server struct {
	DB          *sqlite.DB
	Store       *store.Store
	ProjectCode string
	StrictLogin bool // the nonce of a login must be the hash of what follows it

	locks locks
	ahead ahead
}

// Peer is the other end of a message.
type Peer struct {
	Addr     string
	MaxReply int64 // bytes of artifacts per reply, 0 for the usual
	MaxPlain int64 // bytes a message may expand to
	// MayWrite, if not nil, is asked before the message waits to write. If it says no, the
	// reply's problem is ErrCrowded, and nothing has been done.
	MayWrite func() bool
}

// ErrCrowded is the problem of a message that may not wait to write now.
var ErrCrowded = errors.New("serve: too many messages wait to write")

// Reply is the answer to a message.
type Reply struct {
	Body     []byte
	Encoding xfer.Encoding
	CheckIns []int64 // rids that the message added
	Wrote    bool    // something was committed
	Problem  error   // why the reply is an error card, nil if it is none
	User     string  // the login that the message names, right or wrong; "" if it has none
	// Ahead, if not nil, prepares what the client will ask for next. It is
	// worth calling once this reply is on its way.
	Ahead func(context.Context)
}

const (
	// replyBytes is when a reply stops carrying artifacts, as in Fossil itself.
	replyBytes = 5_000_000
	// cloneBytes is the same for clones. Fossil's client takes the longer per
	// byte the larger a reply is, as it keeps all of it in memory.
	cloneBytes = 6_000_000
	// replyTime stops a reply that takes too long to build.
	replyTime = 30 * time.Second
)

// refusal is an error that the client is told, and nothing else.
type refusal string

// Error implements error.
func (r refusal) Error() string { return string(r) }

// Refused reports whether the error tells a client what it may not do.
func Refused(err error) bool {
	var r refusal
	return errors.As(err, &r)
}

// Malformed reports whether the error is about a message that is no proper one.
func Malformed(err error) bool {
	return isClientError(err) && !errors.Is(err, xfer.ErrBudget) && !errors.Is(err, ErrCrowded)
}

// Handle answers one message. There is a reply even if the error is not nil:
// an error card, as clients look at nothing else. The error is for the
// operator; refusing a client is none.
func (s *Server) Handle(ctx context.Context, body []byte, enc xfer.Encoding, p Peer) (Reply, error) {
	q := &session{server: s, peer: p, start: time.Now(), budget: xfer.NewBudget(p.MaxPlain), remote: map[string]struct{}{}}
	err := q.run(ctx, body, enc)
	cause := err
	var refused refusal
	switch {
	case err == nil:
		err = q.damage
	case errors.As(err, &refused):
		err = nil
	default:
		refused = refusal(reason(err))
		if isClientError(err) {
			err = nil
		}
	}
	var problem error
	if refused != "" {
		q.fail(string(refused))
		problem = cause
	}
	q.out.Comment(fmt.Sprintf("timestamp %s errors %d", time.Now().UTC().Format("2006-01-02T15:04:05"), q.errors))
	if q.raw && enc == xfer.Compressed {
		enc = xfer.Uncompressed
	}
	return Reply{
		Body: xfer.Encode(q.out.Bytes(), enc), Encoding: enc, CheckIns: q.checkIns, Wrote: q.wrote,
		Problem: problem, User: q.claimed(), Ahead: q.ahead,
	}, err
}

// isClientError tells errors in what the client sent from our own.
func isClientError(err error) bool {
	for _, e := range []error{ErrCrowded, xfer.ErrSyntax, xfer.ErrMessage, xfer.ErrBudget, store.ErrHash, inbox.ErrPayload} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// reason words an error for the client. Our own are not its business.
func reason(err error) string {
	switch {
	case isClientError(err):
		return err.Error()
	case errors.Is(err, sqlite.ErrBusy):
		return "repository is busy, try again"
	case errors.Is(err, sqlite.ErrReadOnly):
		return "repository is read-only"
	case errors.Is(err, sqlite.ErrFull):
		return "no space left for the repository"
	case errors.Is(err, sqlite.ErrTooLarge):
		return "an artifact is too large for this repository"
	default:
		return "internal error"
	}
}

// session is the state of one message.
type session struct {
	server  *Server
	peer    Peer
	start   time.Time
	budget  *xfer.Budget
	cards   []xfer.Card
	out     xfer.Writer
	raw     bool // the reply must not be compressed
	errors  int
	carries bool // the reply has an artifact

	user   string // login, "" for nobody
	nonce  string
	rights rights

	pull, push  bool
	clone       *xfer.Clone
	sendPrivate bool
	catalog     bool // announce everything, not only what is in no cluster
	clusters    bool // announce all clusters
	uvHash      string
	remote      map[string]struct{} // what the client has said it has
	mutates     bool                // the message may change the repository
	loose       bool                // nothing but clusters would be written
	wrote       bool                // it has
	checkIns    []int64
	damage      error                 // of an artifact that was asked for
	ahead       func(context.Context) // see Reply
}

// run goes through the phases: understand, admit, accept, answer.
func (q *session) run(ctx context.Context, body []byte, enc xfer.Encoding) error {
	if err := q.parse(body, enc); err != nil {
		return err
	}
	if err := q.server.DB.Read(ctx, func(c *sqlite.Conn) error { return q.admit(q.server.Store.View(c)) }); err != nil {
		return err
	}
	if q.mutates {
		if may := q.peer.MayWrite; may != nil && !may() {
			return ErrCrowded
		}
		if err := q.server.DB.Write(ctx, func(c *sqlite.Conn) error { return q.accept(c) }); err != nil {
			q.checkIns = nil
			return err
		}
		q.wrote = true
	} else if err := q.gather(ctx); err != nil {
		return err
	}
	if err := q.answerClone(ctx); err != nil {
		return err
	}
	return q.server.DB.Read(ctx, func(c *sqlite.Conn) error { return q.answer(q.server.Store.View(c)) })
}

// gather makes clusters of what is loose, if nobody else writes: who only wants to read waits
// for no writer, and is answered without them.
func (q *session) gather(ctx context.Context) error {
	if !q.loose {
		return nil
	}
	err := q.server.DB.TryWrite(ctx, func(c *sqlite.Conn) error { return q.accept(c) })
	q.wrote = err == nil
	if errors.Is(err, sqlite.ErrBusy) || errors.Is(err, sqlite.ErrFull) || errors.Is(err, sqlite.ErrReadOnly) {
		return nil
	}
	return err
}

// claimed returns the login that the message names, as far as it was understood.
func (q *session) claimed() string {
	for _, card := range q.cards {
		if c, ok := card.(xfer.Login); ok {
			return c.User
		}
	}
	return ""
}

func (q *session) parse(body []byte, enc xfer.Encoding) error {
	plain, err := xfer.Decode(body, enc, q.budget)
	if err != nil {
		return err
	}
	r := xfer.NewReader(plain)
	for {
		card, err := r.Next()
		if isEOF(err) {
			return nil
		}
		if err != nil {
			return err
		}
		q.cards = append(q.cards, card)
	}
}

// accept stores what the client sent.
func (q *session) accept(c *sqlite.Conn) error {
	l := crosslink.New(q.server.Store.Tx(c, store.Origin{User: q.user, Nonce: q.nonce, Addr: q.peer.Addr, Time: time.Now()}))
	before, err := countAhead(l.Conn)
	if err != nil {
		return err
	}
	if err := q.receive(l); err != nil {
		return err
	}
	if err := l.Link(); err != nil {
		return err
	}
	if err := refuseAhead(l.Conn, before); err != nil {
		return err
	}
	if err := q.want(l); err != nil {
		return err
	}
	if q.pull {
		if err := l.MakeClusters(); err != nil {
			return err
		}
	}
	q.checkIns = l.CheckIns()
	return l.Finish()
}

// answer writes the reply.
func (q *session) answer(v store.View) error {
	for _, step := range []func(store.View) error{
		q.endClone, q.answerPragmas, q.answerPull, q.answerUnversioned, q.answerConfig, q.answerPush,
	} {
		if err := step(v); err != nil {
			return err
		}
	}
	return nil
}

// fail replaces the reply by an error card. A client that may not clone yet
// still needs the codes to make its login.
func (q *session) fail(text string) {
	q.out = xfer.Writer{}
	q.raw = false
	if q.clone != nil {
		q.out.Push(q.server.ProjectCode, q.server.ProjectCode)
	}
	q.out.Error(text)
	q.errors++
}

// transportReserve is what a reply needs beside artifacts, where the transport
// limits its size.
const transportReserve = 4096

// full reports whether the reply has no room for size bytes more. The first
// artifact always has: otherwise nothing would ever move.
func (q *session) full(limit, size int64) bool {
	if !q.carries {
		q.carries = true
		return false
	}
	return int64(q.out.Len())+size > q.limit(limit) || time.Since(q.start) > replyTime
}

// limit lowers a limit to what the transport can carry.
func (q *session) limit(limit int64) int64 {
	if q.peer.MaxReply > 0 {
		limit = max(0, min(limit, q.peer.MaxReply-transportReserve))
	}
	return limit
}
