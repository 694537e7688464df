package hub

import (
	"context"
	"sync"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/inspect"
	"bones-tui/hub/internal/seed"
)

// Inspector reads what the hub holds.
func (h *Hub) Inspector() *inspect.Reader {
	return newInspector(h.dir, h.Conn, func(context.Context) (trunkReader, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.run == nil {
			return nil, ErrNotRunning
		}
		return h.run.repo, nil
	})
}

// Inspector reads what the hub holds. It ends with Close.
func (r *Remote) Inspector() *inspect.Reader {
	return newInspector(r.dir, r.Conn, func(ctx context.Context) (trunkReader, error) {
		repo, err := r.repository(ctx)
		if repo == nil {
			return nil, err
		}
		return repo, nil // a damaged one is read as far as it goes
	})
}

func newInspector(d bonesdir.Dir, conn func() *nats.Conn, repo func(context.Context) (trunkReader, error)) *inspect.Reader {
	u := &unapplied{dir: d, repo: repo}
	return inspect.New(inspect.Source{
		Conn: conn, Unapplied: u.read, Down: ErrNotRunning,
		Repository: func(ctx context.Context) (inspect.Repository, error) { return repo(ctx) },
	})
}

// unapplied are the check-ins that git has not received, read again only when a file of the
// repository has changed.
type unapplied struct {
	dir  bonesdir.Dir
	repo func(context.Context) (trunkReader, error)

	mu    sync.Mutex
	seen  [3]seed.Stamp
	uuids map[string]bool
	all   int64 // check-ins
}

// maxUnapplied bounds how many check-ins are marked as unapplied.
const maxUnapplied = 10_000

func (u *unapplied) read(ctx context.Context) (map[string]bool, int64, error) {
	repo, err := u.repo(ctx)
	if err != nil {
		return nil, 0, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	now := seed.Stamps(u.dir)
	if u.uuids != nil && now == u.seen {
		return u.uuids, u.all, nil
	}
	stats, err := repo.Stats(ctx)
	if err != nil {
		return nil, 0, err
	}
	list, _, err := seed.Unreceived(ctx, repo, seed.LastApplied(u.dir), maxUnapplied)
	if err != nil {
		return nil, 0, err
	}
	uuids := make(map[string]bool, len(list))
	for _, ci := range list {
		uuids[ci.UUID] = true
	}
	u.seen, u.uuids, u.all = now, uuids, stats.CheckIns
	return uuids, u.all, nil
}
