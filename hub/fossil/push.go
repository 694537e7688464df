package fossil

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// sendBytes bounds the artifacts in one message, beside the first.
const sendBytes = 4 << 20

// Push sends the server what this repository has and it has not; private
// artifacts stay here. What a server says in an error card is a *RemoteError.
func (r *Repo) Push(ctx context.Context, t Transport, o SyncOptions) (SyncStats, error) {
	e := &exchange{transport: t, login: o.Login, project: r.code}
	if err := r.push(ctx, e); err != nil {
		return e.stats, fmt.Errorf("fossil: push: %w", err)
	}
	return e.stats, nil
}

// push announces what is in no cluster, and then sends what the server asks
// for until it asks no more.
func (r *Repo) push(ctx context.Context, e *exchange) error {
	if err := r.cluster(ctx); err != nil {
		return err
	}
	w := greeting()
	w.Push(r.code, r.code)
	if err := r.announceTo(ctx, w); err != nil {
		return err
	}
	wanted := queue{known: map[string]struct{}{}}
	for range maxRounds {
		answer, err := e.send(ctx, w)
		if err != nil {
			return err
		}
		wanted.add(answer)
		if len(wanted.uuids) == 0 {
			return nil
		}
		w = greeting()
		w.Push(r.code, r.code)
		if err := r.sendTo(ctx, e, w, &wanted); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: push does not end", ErrProtocol)
}

// cluster keeps the announcement short.
func (r *Repo) cluster(ctx context.Context) error {
	return r.write(ctx, "cluster", func(c *sqlite.Conn) error {
		return crosslink.New(r.store.Tx(c, store.Origin{Time: time.Now()})).MakeClusters()
	})
}

// announceTo writes an igot for each public artifact that is in no cluster.
func (r *Repo) announceTo(ctx context.Context, w *xfer.Writer) error {
	return r.read(ctx, "push", func(v store.View) error {
		return v.Query(`SELECT uuid FROM unclustered JOIN blob USING(rid) WHERE size>=0
			AND NOT EXISTS(SELECT 1 FROM private WHERE private.rid=blob.rid)
			AND NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid)`).Each(func(row sqlite.Row) error {
			w.IGot(row.Text(0), false)
			return nil
		})
	})
}

// sendTo writes wanted artifacts while there is room. What is not here, or
// private, is left out.
func (r *Repo) sendTo(ctx context.Context, e *exchange, w *xfer.Writer, wanted *queue) error {
	return r.read(ctx, "push", func(v store.View) error {
		for len(wanted.uuids) > 0 && w.Len() < sendBytes {
			uuid := wanted.next()
			content, err := public(v, uuid)
			if errors.Is(err, store.ErrPhantom) {
				continue
			}
			if err != nil {
				return err
			}
			w.File(xfer.File{UUID: uuid, Content: content})
			e.stats.Sent++
		}
		return nil
	})
}

// public returns the content of an artifact that anybody may have.
func public(v store.View, uuid string) ([]byte, error) {
	rid, filled, err := v.Lookup(uuid)
	if err != nil {
		return nil, err
	}
	private, err := v.Private(rid)
	if err != nil {
		return nil, err
	}
	if !filled || private {
		return nil, store.ErrPhantom
	}
	return v.Content(rid)
}

// queue holds what the server wants, each name once.
type queue struct {
	uuids []string
	known map[string]struct{}
}

func (q *queue) add(answer reply) {
	for _, card := range answer {
		c, ok := card.(xfer.Gimme)
		if !ok {
			continue
		}
		if _, twice := q.known[c.UUID]; !twice {
			q.known[c.UUID] = struct{}{}
			q.uuids = append(q.uuids, c.UUID)
		}
	}
}

func (q *queue) next() string {
	uuid := q.uuids[0]
	q.uuids = q.uuids[1:]
	return uuid
}
