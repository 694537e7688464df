package fossil

import (
	"context"
	"fmt"
	"runtime/debug"

	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/xfer"
)

// Peer is the other end of a sync message.
type Peer struct {
	Addr     string // for the records, "" if there is none
	MaxReply int64  // bytes that a reply may have, 0 for the usual limit
}

// maxPlain bounds what one message may expand to, over all layers of
// compression.
const maxPlain = 256 << 20

// HandleSync answers one message of Fossil's sync protocol in its compressed
// framing, whatever carried it. The reply is never empty: what goes wrong is told in an error
// card. The error is for the operator.
func (r *Repo) HandleSync(ctx context.Context, msg []byte, p Peer) ([]byte, error) {
	reply, err := r.handle(ctx, msg, xfer.Compressed, p, maxPlain)
	body := reply.Body
	if reply.Encoding != xfer.Compressed {
		body = xfer.Encode(body, xfer.Compressed)
	}
	if p.MaxReply > 0 && int64(len(body)) > p.MaxReply {
		var w xfer.Writer
		w.Error("reply is too large for this transport")
		body = xfer.Encode(w.Bytes(), xfer.Compressed)
	}
	return body, err
}

func (r *Repo) handle(ctx context.Context, msg []byte, enc xfer.Encoding, p Peer, plain int64) (reply serve.Reply, err error) {
	defer func() { // whatever a message does to us, its client is told, and the next one served
		if p := recover(); p != nil {
			reply, err = refusal("internal error", enc), fmt.Errorf("fossil: sync: panic: %v\n%s", p, debug.Stack())
		}
	}()
	if reason := r.refusing.Load(); reason != nil {
		return refusal(*reason, enc), nil
	}
	reply, err = r.server.Handle(ctx, msg, enc, serve.Peer{Addr: p.Addr, MaxReply: p.MaxReply, MaxPlain: plain})
	r.requests.Add(1)
	if len(reply.CheckIns) > 0 {
		r.watch.announce(context.WithoutCancel(ctx), r, reply.CheckIns)
	}
	if reply.Wrote {
		r.keeper.touched()
	}
	if reason := r.refusing.Load(); reason != nil { // what was taken in meanwhile is not safe
		return refusal(*reason, enc), nil
	}
	return reply, explain(r.path, "sync", err)
}

// refusal is a reply that says no more than why there is none.
func refusal(reason string, enc xfer.Encoding) serve.Reply {
	var w xfer.Writer
	w.Error(reason)
	return serve.Reply{Body: xfer.Encode(w.Bytes(), enc), Encoding: enc}
}
