package tui

import (
	"context"

	"bones-tui/tui/internal/logpane"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
)

// neighbours is how many rows a detail shows at either side, whatever the filter.
const neighbours = 3

// readRow reads a row in full, with its neighbours.
func (fx *effects) readRow(id int, row logview.Row) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := detailMsg{id: id}
		msg.text, msg.err = fx.logs.Detail(ctx, row.Pos)
		if msg.err != nil {
			return msg
		}
		msg.err = fx.logs.Through(nil, func(v logpane.View) error {
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
		msg.err = fx.logs.Through(none.With("slot", "=", slot), func(v logpane.View) error {
			p, err := v.Tail(ctx, slotLines)
			msg.after = p.Rows
			return err
		})
		return msg
	})
}

// lastWords is how many lines of the log a report asks for.
const lastWords = 12

// lastWords reads the newest lines of the log, whatever its filter.
func (fx *effects) lastWords(id int) tea.Cmd {
	if fx.cfg.Log == nil {
		return nil
	}
	return fx.Do(func(ctx context.Context) tea.Msg {
		msg := wordsMsg{id: id}
		_ = fx.logs.Through(nil, func(v logpane.View) error { // the cause stands without them
			p, err := v.Tail(ctx, lastWords)
			msg.rows = p.Rows
			return err
		})
		return msg
	})
}
