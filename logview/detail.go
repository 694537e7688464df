package logview

import (
	"context"
	"errors"
	"time"

	"bones-tui/logview/internal/row"
)

// ErrGone is returned for a position that is no longer in the history.
var ErrGone = errors.New("logview: the row is gone")

// maxDetail bounds what Detail returns.
const maxDetail = 1 << 20

// Detail returns the whole text of the row at p as it stands in the file,
// including the lines folded into it, at most 1 MiB. The error is ErrGone if
// the file has been truncated, or deleted long ago.
func (l *Log) Detail(ctx context.Context, p Pos) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, s := range l.history() {
		if s.gen == row.Generation(p) {
			return s.detail(row.Offset(p) - 1)
		}
	}
	return nil, ErrGone
}

func (s *segment) detail(off int64) ([]byte, error) {
	whole, size := s.sizes()
	switch {
	case off < 0:
		return []byte(s.notice), nil
	case off >= size:
		return nil, ErrGone
	case off >= whole:
		buf := make([]byte, min(size-off, maxDetail))
		return buf[:s.readAt(buf, off)], nil
	}
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	e.find(newPlan(nil, time.Time{}, nil), s, unitOf(off), 0)
	for i := range e.refs {
		if r := &e.refs[i]; r.off == off {
			return append([]byte(nil), r.text[:min(len(r.text), maxDetail)]...), nil
		}
	}
	return nil, ErrGone
}
