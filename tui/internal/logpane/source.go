package logpane

import (
	"context"
	"errors"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/commands"
)

// View is a filtered view of the log, as the commands use it.
type View interface {
	Next(ctx context.Context, seen uint64) (logview.Snapshot, error)
	Head(ctx context.Context, n int) (logview.Page, error)
	Tail(ctx context.Context, n int) (logview.Page, error)
	Before(ctx context.Context, p logview.Pos, n int) (logview.Page, error)
	After(ctx context.Context, p logview.Pos, n int) (logview.Page, error)
	Facets() logview.Facets
	Close() error
}

// Source reads a log for a pane. It owns the view that the pane shows.
type Source struct {
	*commands.Runner
	log     *logview.Log
	now     func() time.Time
	saveDir string

	mu   sync.Mutex
	feed int // that the view belongs to
	view View
}

// NewSource reads log, with commands of r; lines are saved below saveDir.
func NewSource(r *commands.Runner, log *logview.Log, now func() time.Time, saveDir string) *Source {
	return &Source{Runner: r, log: log, now: now, saveDir: saveDir}
}

// CloseView lets go of the view, once no command runs any more.
func (s *Source) CloseView() { s.swapView(s.feed, nil) }

// swapView keeps the view of the newest feed and closes the other one: commands
// may overtake each other.
func (s *Source) swapView(feed int, v View) {
	s.mu.Lock()
	if feed >= s.feed {
		s.feed, s.view, v = feed, v, s.view
	}
	s.mu.Unlock()
	if v != nil {
		_ = v.Close() // its rows are not wanted any more
	}
}

// Detail reads the whole text of a row.
func (s *Source) Detail(ctx context.Context, at logview.Pos) ([]byte, error) {
	return s.log.Detail(ctx, at)
}

// openFeed replaces the view of the log by one through another filter.
func (s *Source) openFeed(feed int, f *logview.Filter) tea.Cmd {
	if s.log == nil {
		return nil
	}
	return s.Do(func(context.Context) tea.Msg {
		v := s.log.View(f)
		s.swapView(feed, v)
		return feedMsg{feed: feed, view: v}
	})
}

// waitLog delivers the rows that come, at most ten times a second.
func (s *Source) waitLog(feed int, v View, seen uint64, at progress) tea.Cmd {
	return s.Do(func(ctx context.Context) tea.Msg {
		snap, err := v.Next(ctx, seen)
		if err != nil {
			return endMsg{feed: feed, err: err}
		}
		b, err := readBatch(ctx, v, at)
		if err != nil {
			return endMsg{feed: feed, err: err}
		}
		b.Snap = snap
		return BatchMsg{Feed: feed, Batch: b}
	})
}

// readBatch counts every row that is new and keeps the last ones.
func readBatch(ctx context.Context, v View, at progress) (Batch, error) {
	if at.settled.IsZero() {
		p, err := v.Tail(ctx, windowPage)
		return Batch{Rows: p.Rows, reset: true}, err
	}
	b := Batch{after: at.settled}
	for from := at.settled; ; {
		p, err := v.After(ctx, from, windowPage)
		if err != nil {
			return b, err
		}
		for i := range p.Rows {
			if at.newest.Before(p.Rows[i].Pos) {
				b.Count++
			}
		}
		b.Rows = append(b.Rows, p.Rows...)
		if over := len(b.Rows) - windowCap; over > 0 {
			b.Rows, b.reset = b.Rows[over:], true
		}
		if p.AtEnd || len(p.Rows) == 0 {
			return b, nil
		}
		from = p.Rows[len(p.Rows)-1].Pos
	}
}

// page reads rows that the log pane wants.
func (s *Source) page(feed int, v View, f fetch) tea.Cmd {
	return s.Do(func(ctx context.Context) tea.Msg {
		msg := pageMsg{feed: feed, fetch: f}
		switch f.from {
		case fetchHead:
			msg.page, msg.err = v.Head(ctx, f.n)
		case fetchTail:
			msg.page, msg.err = v.Tail(ctx, f.n)
		case fetchBefore:
			msg.page, msg.err = v.Before(ctx, f.pos, f.n)
		case fetchAfter:
			msg.page, msg.err = v.After(ctx, f.pos, f.n)
		case fetchNone:
			msg.err = errors.New("tui: nothing to fetch")
		}
		return msg
	})
}

// Through reads through another filter than the one on the screen.
func (s *Source) Through(f *logview.Filter, read func(View) error) error {
	v := s.log.View(f)
	return errors.Join(read(v), v.Close())
}

// seek finds the next row through a filter, and what stands around it in the
// view on the screen. Without a place to start from it takes the newest one.
func (s *Source) seek(feed int, v View, want seek) tea.Cmd {
	return s.Do(func(ctx context.Context) tea.Msg {
		msg := seekMsg{feed: feed, seek: want}
		msg.err = s.Through(want.filter, func(found View) (err error) {
			var p logview.Page
			switch {
			case want.from.IsZero():
				p, err = found.Tail(ctx, 1)
			case want.forward:
				p, err = found.After(ctx, want.from, 1)
			default:
				p, err = found.Before(ctx, want.from, 1)
			}
			if err != nil || len(p.Rows) == 0 {
				return err
			}
			msg.page, msg.at, err = around(ctx, v, p.Rows[0], true)
			return err
		})
		return msg
	})
}

// visit goes to a row that is known, or to where it would be if the filter hides it.
func (s *Source) visit(feed int, v View, row logview.Row, want seek) tea.Cmd {
	return s.Do(func(ctx context.Context) tea.Msg {
		msg := seekMsg{feed: feed, seek: want}
		msg.page, msg.at, msg.err = around(ctx, v, row, want.filter.Match(row, s.now()))
		return msg
	})
}

// around is a page with the row in its middle, if it is to be shown, and the index
// of the row or of the one after it.
func around(ctx context.Context, v View, row logview.Row, show bool) (p logview.Page, at int, err error) {
	before, err := v.Before(ctx, row.Pos, windowPage)
	if err != nil {
		return p, 0, err
	}
	after, err := v.After(ctx, row.Pos, windowPage)
	at = len(before.Rows)
	p.Rows = before.Rows
	if show {
		p.Rows = append(p.Rows, row)
	}
	p.Rows = append(p.Rows, after.Rows...)
	p.AtStart, p.AtEnd = before.AtStart, after.AtEnd
	return p, min(at, max(len(p.Rows)-1, 0)), err
}

// readFacets reads the counts; the first time it starts the counting, which makes
// new snapshots of the view until it is done.
func (s *Source) readFacets(feed int, v View) tea.Cmd {
	return s.Do(func(context.Context) tea.Msg { return facetsMsg{feed, v.Facets()} })
}

// readValues reads what values the newest part of the log holds.
func (s *Source) readValues() tea.Cmd {
	if s.log == nil {
		return nil
	}
	return s.Do(func(context.Context) tea.Msg { return valuesMsg{s.log.Values()} })
}
