package fossil

import (
	"context"
	"fmt"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// Pull fetches what the server has and this repository has not. What a server
// says in an error card is a *RemoteError.
func (r *Repo) Pull(ctx context.Context, t Transport, o SyncOptions) (SyncStats, error) {
	e := &exchange{transport: t, login: o.Login, project: r.code}
	if err := r.pull(ctx, e); err != nil {
		return e.stats, fmt.Errorf("fossil: pull: %w", err)
	}
	return e.stats, nil
}

// maxAsked bounds how many artifacts one message asks for.
const maxAsked = 1000

// pull asks for phantoms until there are none that the server might have.
func (r *Repo) pull(ctx context.Context, e *exchange) error {
	asked := map[string]struct{}{}
	missing, err := r.missing(ctx, asked)
	if err != nil {
		return err
	}
	for range maxRounds {
		w := greeting()
		w.Pull(r.code, r.code)
		for _, uuid := range missing {
			w.Gimme(uuid)
			asked[uuid] = struct{}{}
		}
		answer, err := e.send(ctx, w)
		if err != nil {
			return err
		}
		received := e.stats.Received
		if err := r.receive(ctx, e, answer); err != nil {
			return err
		}
		if e.stats.Received > received {
			answer.forget(asked)
		}
		if missing, err = r.missing(ctx, asked); err != nil || len(missing) == 0 {
			return err
		}
	}
	return fmt.Errorf("%w: pull does not end", ErrProtocol)
}

// greeting starts a message.
func greeting() *xfer.Writer {
	var w xfer.Writer
	w.Pragma("client-version", clientVersion[:]...)
	return &w
}

// missing returns phantoms that were not asked for.
func (r *Repo) missing(ctx context.Context, asked map[string]struct{}) (uuids []string, err error) {
	err = r.read(ctx, "pull", func(v store.View) error {
		return v.Query(`SELECT uuid FROM phantom CROSS JOIN blob USING(rid)
			WHERE NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid)`).Each(func(row sqlite.Row) error {
			uuid := row.Text(0)
			if _, ok := asked[uuid]; !ok && len(uuids) < maxAsked {
				uuids = append(uuids, uuid)
			}
			return nil
		})
	})
	return uuids, err
}

// forget takes out what the server announces again because it did not fit.
func (r reply) forget(asked map[string]struct{}) {
	for _, card := range r {
		if c, ok := card.(xfer.IGot); ok {
			delete(asked, c.UUID)
		}
	}
}
