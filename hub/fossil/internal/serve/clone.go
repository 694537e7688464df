package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// partKey says what a part of a clone has to hold.
type partKey struct {
	from    int64 // the first rid
	limit   int64 // bytes
	private bool
	stored  bool // as cfile cards
	state   state
}

// state changes whenever a clone would get something else.
type state struct{ received, shunned, private int64 }

func (q *session) state(ctx context.Context) (st state, err error) {
	err = q.server.DB.Read(ctx, func(c *sqlite.Conn) error {
		_, err := c.Query(`SELECT (SELECT max(rcvid) FROM rcvfrom), (SELECT count(*) FROM shun),
			(SELECT count(*) FROM private)`).Scan(&st.received, &st.shunned, &st.private)
		return err
	})
	return st, err
}

// part is what one reply to a clone carries.
type part struct {
	key  partKey
	made time.Time
	done chan struct{} // closed when the fields below are set
	out  xfer.Writer
	next int64 // the rid to go on with, 0 at the end
	err  error

	shelf shelf
}

func newPart(key partKey) *part {
	return &part{key: key, made: time.Now(), done: make(chan struct{})}
}

// errFull ends a scan when the part has enough.
var errFull = errors.New("serve: reply is full")

// fill makes the cards of the part.
func (p *part) fill(ctx context.Context, s *Server) {
	defer close(p.done)
	p.err = s.DB.Read(ctx, func(c *sqlite.Conn) error {
		v := s.Store.View(c)
		size, err := v.Size()
		if err != nil {
			return err
		}
		p.out.Grow(int(min(size, p.key.limit)))
		err = v.Scan(p.key.from, p.key.private, func(r store.Record) error { return p.add(v, r) })
		if errors.Is(err, errFull) {
			err = nil
		}
		p.shelf.flush(&p.out)
		return err
	})
}

// add takes one artifact. The first one always fits: otherwise nothing would
// ever move.
func (p *part) add(v store.View, r store.Record) error {
	size := p.out.Len() + p.shelf.bytes
	if size > 0 && (int64(size+len(r.Framed)) > p.key.limit || time.Since(p.made) > replyTime) {
		p.next = r.RID
		return errFull
	}
	if p.key.stored {
		p.shelf.send(&p.out, xfer.CFile{UUID: r.UUID, Source: r.Source, Size: r.Size, Framed: r.Framed, Private: r.Private})
		return nil
	}
	return sendFile(&p.out, v, r.RID, r.UUID, r.Private)
}

// partLife is how long a part that was made ahead is kept.
const partLife = 10 * time.Second

// ahead holds the part that will be asked for next: the one that follows, made
// while the client stores the last, which takes longer; or the first one again,
// as agents come in swarms.
type ahead struct {
	mu   sync.Mutex
	part *part
}

// take returns the part if it is the one asked for.
func (a *ahead) take(key partKey) *part {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.part
	if p == nil || p.key != key {
		return nil
	}
	a.part = nil
	return p
}

func (a *ahead) put(p *part) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.part = p
}

// drop gives the part up if it is still there.
func (a *ahead) drop(p *part) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.part == p {
		a.part = nil
	}
}

// prepare makes a part in advance.
func (s *Server) prepare(ctx context.Context, key partKey) {
	p := newPart(key)
	s.ahead.put(p)
	p.fill(ctx, s)
	time.AfterFunc(partLife, func() { s.ahead.drop(p) })
}

// part returns a part of a clone, made in advance or now.
func (s *Server) part(ctx context.Context, key partKey) (*part, error) {
	if p := s.ahead.take(key); p != nil {
		select {
		case <-p.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if p.err == nil {
			return p, nil
		}
	}
	p := newPart(key)
	p.fill(ctx, s)
	return p, p.err
}

// answerClone sends artifacts by rid. The client's next request says where to
// go on; nothing has to be remembered here.
func (q *session) answerClone(ctx context.Context) error {
	if q.clone == nil || q.clone.Version < 2 {
		return nil
	}
	if q.clone.SeqNo <= 0 {
		return fmt.Errorf("%w: %w", refusal("invalid clone sequence number"), xfer.ErrSyntax)
	}
	q.raw = q.clone.Version >= 3
	st, err := q.state(ctx)
	if err != nil {
		return err
	}
	key := partKey{from: q.clone.SeqNo, limit: q.limit(cloneBytes), private: q.sendPrivate, stored: q.raw, state: st}
	p, err := q.server.part(ctx, key)
	if err != nil {
		return err
	}
	q.out.Append(&p.out)
	q.out.CloneSeqNo(p.next)
	key.from = max(1, p.next)
	q.ahead = func(ctx context.Context) { q.server.prepare(ctx, key) }
	return nil
}

// endClone tells the codes, which a clone takes over.
func (q *session) endClone(v store.View) error {
	if q.clone == nil {
		return nil
	}
	q.out.Push(q.server.ProjectCode, q.server.ProjectCode)
	if q.clone.Version >= 2 {
		return nil
	}
	return q.announceAll(v)
}
