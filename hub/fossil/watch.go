package fossil

import (
	"context"
	"sync"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// watchers are told of new check-ins.
type watchers struct {
	mu      sync.Mutex
	fns     map[int]func(CheckIn)
	next    int
	known   int64              // every check-in up to this rid has been seen
	told    map[int64]struct{} // rids above known that were announced
	version int64              // changes when another process commits
}

// Subscribe has fn called for each check-in that is committed, received, or
// written into the file by another process (those up to two seconds late).
// Calls may come from several goroutines and must return soon. cancel ends
// them; a call under way may still finish.
func (r *Repo) Subscribe(fn func(CheckIn)) (cancel func()) {
	w := &r.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.fns) == 0 {
		w.start(r)
	}
	id := w.next
	w.next++
	w.fns[id] = fn
	r.keeper.subscribed()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.fns, id)
	}
}

// start takes the present state as known. An error leaves old check-ins to be
// told once more.
func (w *watchers) start(r *Repo) {
	w.fns = map[int]func(CheckIn){}
	w.told = map[int64]struct{}{}
	ctx := context.Background()
	w.version, _ = r.db.DataVersion(ctx)
	_ = r.db.Read(ctx, func(c *sqlite.Conn) (err error) {
		w.known, err = c.Int64("SELECT max(objid) FROM event WHERE type='ci'")
		return err
	})
}

// announce tells of check-ins that this process has just written.
func (w *watchers) announce(ctx context.Context, r *Repo, rids []int64) {
	fns := w.claim(rids)
	if len(fns) == 0 {
		return
	}
	var news []CheckIn
	_ = r.read(ctx, "announce", func(v store.View) error {
		for _, rid := range rids {
			if ci, err := checkInOf(v, rid); err == nil {
				news = append(news, ci)
			}
		}
		return nil
	})
	for _, ci := range news {
		for _, fn := range fns {
			fn(ci)
		}
	}
}

// claim marks rids as announced and returns whom to tell.
func (w *watchers) claim(rids []int64) []func(CheckIn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fns := make([]func(CheckIn), 0, len(w.fns))
	for _, fn := range w.fns {
		fns = append(fns, fn)
	}
	if len(fns) > 0 {
		for _, rid := range rids {
			w.told[rid] = struct{}{}
		}
	}
	return fns
}

// poll announces what other processes have written, and reports whether there is
// anybody to tell. Failures wait for the next round.
func (w *watchers) poll(ctx context.Context, r *Repo) (listening bool) {
	known, listening, ok := w.changed(ctx, r)
	if !ok {
		return listening
	}
	var rids []int64
	_ = r.db.Read(ctx, func(c *sqlite.Conn) error {
		return c.Query("SELECT objid FROM event WHERE type='ci' AND objid>? ORDER BY objid", known).Each(func(row sqlite.Row) error {
			rids = append(rids, row.Int64(0))
			return nil
		})
	})
	w.announce(ctx, r, w.unseen(rids))
	return listening
}

// changed reports whether there is somebody to tell, whether another process has
// committed since the last call, and up to which rid all is known.
func (w *watchers) changed(ctx context.Context, r *Repo) (known int64, listening, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.fns) == 0 {
		return 0, false, false
	}
	version, err := r.db.DataVersion(ctx)
	if err != nil || version == w.version {
		return 0, true, false
	}
	w.version = version
	return w.known, true, true
}

// unseen returns those rids that were not announced, and advances known.
func (w *watchers) unseen(rids []int64) []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fresh []int64
	for _, rid := range rids {
		if _, ok := w.told[rid]; !ok {
			fresh = append(fresh, rid)
		}
		w.known = max(w.known, rid)
	}
	clear(w.told)
	return fresh
}
