package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
)

// openFeed replaces the view of the log by one through another filter.
func (fx *effects) openFeed(feed int, f *logview.Filter) tea.Cmd {
	if fx.cfg.Log == nil {
		return nil
	}
	return fx.Do(func(context.Context) tea.Msg {
		v := fx.cfg.Log.View(f)
		fx.swapView(feed, v)
		return feedMsg{feed: feed, view: v}
	})
}

// waitLog delivers the rows that come, at most ten times a second.
func (fx *effects) waitLog(feed int, v logView, seen uint64, at progress) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		snap, err := v.Next(ctx, seen)
		if err != nil {
			return logEndMsg{feed: feed, err: err}
		}
		b, err := readBatch(ctx, v, at)
		if err != nil {
			return logEndMsg{feed: feed, err: err}
		}
		b.snap = snap
		return logBatchMsg{feed: feed, batch: b}
	})
}

// readBatch counts every row that is new and keeps the last ones.
func readBatch(ctx context.Context, v logView, at progress) (logBatch, error) {
	if at.settled.IsZero() {
		p, err := v.Tail(ctx, windowPage)
		return logBatch{rows: p.Rows, reset: true}, err
	}
	b := logBatch{after: at.settled}
	for from := at.settled; ; {
		p, err := v.After(ctx, from, windowPage)
		if err != nil {
			return b, err
		}
		for i := range p.Rows {
			if at.newest.Before(p.Rows[i].Pos) {
				b.count++
			}
		}
		b.rows = append(b.rows, p.Rows...)
		if over := len(b.rows) - windowCap; over > 0 {
			b.rows, b.reset = b.rows[over:], true
		}
		if p.AtEnd || len(p.Rows) == 0 {
			return b, nil
		}
		from = p.Rows[len(p.Rows)-1].Pos
	}
}

// page reads rows that the log pane wants.
func (fx *effects) page(feed int, v logView, f fetch) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := logPageMsg{feed: feed, fetch: f}
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

// through reads through another filter than the one on the screen.
func (fx *effects) through(f *logview.Filter, read func(logView) error) error {
	v := fx.cfg.Log.View(f)
	return errors.Join(read(v), v.Close())
}

// seek finds the next row through a filter, and what stands around it in the
// view on the screen. Without a place to start from it takes the newest one.
func (fx *effects) seek(feed int, v logView, s seek) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := seekMsg{feed: feed, seek: s}
		msg.err = fx.through(s.filter, func(found logView) (err error) {
			var p logview.Page
			switch {
			case s.from.IsZero():
				p, err = found.Tail(ctx, 1)
			case s.forward:
				p, err = found.After(ctx, s.from, 1)
			default:
				p, err = found.Before(ctx, s.from, 1)
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
func (fx *effects) visit(feed int, v logView, row logview.Row, s seek) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := seekMsg{feed: feed, seek: s}
		msg.page, msg.at, msg.err = around(ctx, v, row, s.filter.Match(row, fx.cfg.Now()))
		return msg
	})
}

// around is a page with the row in its middle, if it is to be shown, and the index
// of the row or of the one after it.
func around(ctx context.Context, v logView, row logview.Row, show bool) (p logview.Page, at int, err error) {
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

// neighbours is how many rows a detail shows at either side, whatever the filter.
const neighbours = 3

// readRow reads a row in full, with its neighbours.
func (fx *effects) readRow(id int, row logview.Row) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := detailMsg{id: id}
		msg.text, msg.err = fx.cfg.Log.Detail(ctx, row.Pos)
		if msg.err != nil {
			return msg
		}
		msg.err = fx.through(nil, func(v logView) error {
			before, err := v.Before(ctx, row.Pos, neighbours)
			if err != nil {
				return err
			}
			after, err := v.After(ctx, row.Pos, neighbours)
			msg.before, msg.after = before.Rows, after.Rows
			return err
		})
		return msg
	})
}

// slotLines is how many lines of the log a slot's detail shows.
const slotLines = 20

// readSlotLog reads the newest lines that are about a slot.
func (fx *effects) readSlotLog(id int, slot string) tea.Cmd {
	if fx.cfg.Log == nil {
		return nil
	}
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := detailMsg{id: id}
		var none *logview.Filter
		msg.err = fx.through(none.With("slot", "=", slot), func(v logView) error {
			p, err := v.Tail(ctx, slotLines)
			msg.after = p.Rows
			return err
		})
		return msg
	})
}

// lastWords reads the newest lines of the log, whatever its filter.
func (fx *effects) lastWords(id int) tea.Cmd {
	if fx.cfg.Log == nil {
		return nil
	}
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := wordsMsg{id: id}
		_ = fx.through(nil, func(v logView) error { // the cause stands without them
			p, err := v.Tail(ctx, lastWords)
			msg.rows = p.Rows
			return err
		})
		return msg
	})
}

// readFacets reads the counts; the first time it starts the counting, which makes
// new snapshots of the view until it is done.
func (fx *effects) readFacets(feed int, v logView) tea.Cmd {
	return fx.Do(func(context.Context) tea.Msg { return facetsMsg{feed, v.Facets()} })
}

// readValues reads what values the newest part of the log holds.
func (fx *effects) readValues() tea.Cmd {
	if fx.cfg.Log == nil {
		return nil
	}
	return fx.Do(func(context.Context) tea.Msg { return valuesMsg{fx.cfg.Log.Values()} })
}
