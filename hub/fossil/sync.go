package fossil

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/xfer"
)

// Peer is the other end of a sync message.
type Peer struct {
	Addr      string // for the records, "" if there is none
	MaxReply  int64  // bytes that a reply may have, 0 for the usual limit
	Door      string // by which it comes, for failures
	Name      string // where it is, for failures; Addr if empty
	OnFailure func(Failure)
}

// maxPlain bounds what one message may expand to, over all layers of
// compression.
const maxPlain = 256 << 20

// HandleSync answers one message of Fossil's sync protocol in its compressed
// framing, whatever carried it. The reply is never empty: what goes wrong is told in an error
// card. The error is for the operator. Messages wait for one another as those over HTTP do,
// and with them; any number may be handled at a time.
func (r *Repo) HandleSync(ctx context.Context, msg []byte, p Peer) ([]byte, error) {
	own := share{pool: &r.pool}
	defer own.leave()
	reply, err := r.answer(ctx, msg, xfer.Compressed, p, &own)
	body := reply.Body
	if reply.Encoding != xfer.Compressed {
		body = xfer.Encode(body, xfer.Compressed)
	}
	if p.MaxReply > 0 && int64(len(body)) > p.MaxReply {
		p.tell(reply.User, aMessage, fmt.Errorf("%w: its reply has %d bytes, and the transport takes %d", errTooLarge, len(body), p.MaxReply))
		body = ErrorReply("reply is too large for this transport")
	}
	return body, err
}

// ErrorReply is a reply of HandleSync's form that tells the client no more than why there is
// none.
func ErrorReply(reason string) []byte { return refusal(reason, xfer.Compressed).Body }

// answer has a message answered when it is its turn, and tells of it if it fails.
func (r *Repo) answer(ctx context.Context, msg []byte, enc xfer.Encoding, p Peer, own *share) (reply serve.Reply, err error) {
	if !r.pool.working.enter(ctx) {
		p.tell("", aMessage, p.gone(ctx))
		return refusal("the hub is stopping", enc), ctx.Err()
	}
	reply, err = r.work(ctx, msg, enc, p, own)
	r.pool.working.leave()
	own.written()
	r.requests.Add(1)
	problem := err
	switch {
	case ctx.Err() != nil:
		problem = p.gone(ctx)
	case err == nil:
		problem = reply.Problem
	}
	p.tell(reply.User, aMessage, problem)
	return reply, err
}

// gone is why a message is not answered whose context has ended: over HTTP its client has hung
// up; over NATS none can, and it is the hub that ends.
func (p Peer) gone(ctx context.Context) error {
	if p.Door == DoorNATS {
		return errNotServing
	}
	return ctx.Err()
}

// work answers a message that has its place. Where it needs another one, it gives up the
// first while it waits, so that small messages do not wait for large ones, nor readers for
// writers; nothing has been done until then.
func (r *Repo) work(ctx context.Context, msg []byte, enc xfer.Encoding, p Peer, own *share) (serve.Reply, error) {
	for {
		most := int64(smallPlain)
		if own.large {
			most = maxPlain
		}
		reply, err := r.handle(ctx, msg, enc, serve.Peer{Addr: p.Addr, MaxReply: p.MaxReply, MaxPlain: most, MayWrite: own.mayWrite})
		wait := own.queue
		switch {
		case errors.Is(reply.Problem, serve.ErrCrowded):
		case errors.Is(reply.Problem, xfer.ErrBudget) && !own.large:
			wait = own.grow
			own.written()
		default:
			return reply, err
		}
		r.pool.working.leave()
		granted := wait(ctx)
		r.pool.working <- struct{}{}
		if !granted {
			return reply, ctx.Err()
		}
	}
}

func (r *Repo) handle(ctx context.Context, msg []byte, enc xfer.Encoding, p serve.Peer) (reply serve.Reply, err error) {
	defer func() { // whatever a message does to us, its client is told, and the next one served
		if p := recover(); p != nil {
			reply, err = refusal("internal error", enc), fmt.Errorf("fossil: sync: panic: %v\n%s", p, debug.Stack())
		}
	}()
	if reason := r.refusing.Load(); reason != nil {
		return notServing(*reason, enc), nil
	}
	reply, err = r.server.Handle(ctx, msg, enc, p)
	if len(reply.CheckIns) > 0 {
		r.watch.announce(context.WithoutCancel(ctx), r, reply.CheckIns)
	}
	if reply.Wrote {
		r.keeper.touched()
	}
	if reason := r.refusing.Load(); reason != nil { // what was taken in meanwhile is not safe
		return notServing(*reason, enc), nil
	}
	return reply, explain(r.path, "sync", err)
}

// notServing is the reply of a hub that answers nobody.
func notServing(reason string, enc xfer.Encoding) serve.Reply {
	reply := refusal(reason, enc)
	reply.Problem = fmt.Errorf("%w: %s", errNotServing, reason)
	return reply
}

// refusal is a reply that says no more than why there is none.
func refusal(reason string, enc xfer.Encoding) serve.Reply {
	var w xfer.Writer
	w.Error(reason)
	return serve.Reply{Body: xfer.Encode(w.Bytes(), enc), Encoding: enc}
}
