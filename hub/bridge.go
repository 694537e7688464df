package hub

import (
	"context"
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"bones-tui/hub/fossil"
)

// What the bridge holds at a time: in its queue, and as much again of what it has taken out
// of it and the repository has not answered.
const (
	maxSyncWaiting = 1024
	maxSyncBytes   = 32 << 20
	// smallSync is what a message may have that asks for something. Those do not wait for room
	// beside those that bring something.
	smallSync = 32 << 10
)

// bridge answers Fossil sync messages that arrive over NATS.
type bridge struct {
	hub   *running
	small *semaphore.Weighted // messages
	large *semaphore.Weighted // bytes
}

// bridgeSync answers Fossil sync messages that arrive over NATS on
// fossil.<project-code>.sync: the same bytes as an HTTP body. The repository has each of them
// wait its turn, together with those over HTTP.
func (r *running) bridgeSync(context.Context) error {
	sub, err := r.conn.SubscribeSync("fossil." + r.repo.ProjectCode() + ".sync")
	if err != nil {
		return err
	}
	if err := sub.SetPendingLimits(maxSyncWaiting, maxSyncBytes); err != nil {
		return err
	}
	r.onRelease("sync", func(context.Context) error { return sub.Unsubscribe() })
	b := &bridge{hub: r, small: semaphore.NewWeighted(maxSyncWaiting), large: semaphore.NewWeighted(maxSyncBytes)}
	r.spawn("sync", func(ctx context.Context) error { return b.run(ctx, sub) })
	return nil
}

func (b *bridge) run(ctx context.Context, sub *nats.Subscription) error {
	var busy errgroup.Group
	for {
		m, err := sub.NextMsgWithContext(ctx)
		switch {
		case ctx.Err() != nil:
			return busy.Wait()
		case errors.Is(err, nats.ErrBadSubscription) || errors.Is(err, nats.ErrConnectionClosed):
			<-ctx.Done() // they end with the hub
			return busy.Wait()
		case err != nil:
			b.failed("nats", "sync messages that were missed", fossil.CauseCrowded, err)
			continue
		}
		room, n := b.small, int64(1)
		if len(m.Data) > smallSync {
			room, n = b.large, int64(len(m.Data))
		}
		if !room.TryAcquire(n) {
			b.decline(m) // who waits here holds up all others
			continue
		}
		busy.Go(func() error {
			defer room.Release(n)
			b.answer(ctx, m)
			return nil
		})
	}
}

// decline tells a client to come again.
func (b *bridge) decline(m *nats.Msg) {
	b.failed(inbox(m.Reply), "a sync message", fossil.CauseCrowded, errCrowded)
	_ = m.Respond(fossil.ErrorReply("the hub is busy, try again")) // or the client has gone
}

var errCrowded = errors.New("too many messages wait to be taken in")

// answer replies to one message. Clients wait for a reply, whatever it says.
func (b *bridge) answer(ctx context.Context, m *nats.Msg) {
	limit := b.hub.conn.MaxPayload() - 4096
	peer := fossil.Peer{Addr: "nats", Door: fossil.DoorNATS, Name: inbox(m.Reply), MaxReply: limit, OnFailure: b.hub.failed}
	reply, _ := b.hub.repo.HandleSync(ctx, m.Data, peer) // it has told
	if err := m.Respond(reply); err != nil && ctx.Err() == nil {
		b.failed(peer.Name, "to reply to a sync message", fossil.CauseInternal, err)
	}
}

// failed takes note of what the repository does not know of.
func (b *bridge) failed(peer, what string, cause fossil.Cause, err error) {
	b.hub.failed(fossil.Failure{Door: fossil.DoorNATS, Peer: peer, Cause: cause, What: what, Err: err})
}

// inbox is the part of a reply subject that is the same for all requests of a connection.
func inbox(subject string) string {
	if i := strings.LastIndexByte(subject, '.'); i > 0 {
		return subject[:i]
	}
	return "nats"
}
