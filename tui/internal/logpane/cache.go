package logpane

import (
	"time"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/logrow"
)

// rowCache is nil for rows that change by the second.
func (p *Pane) rowCache(t *cells.Theme, now time.Time) map[logview.Pos]string {
	if p.Clock == logrow.ClockAge {
		return nil
	}
	by := cacheKey{w: p.w, shift: p.shift, clock: p.Clock, theme: t, zone: now.Location(), match: p.Filter}
	if p.cache == nil || p.cacheBy != by || len(p.cache) > 4*p.rowsHigh()+windowPage {
		p.cache, p.cacheBy = make(map[logview.Pos]string, 2*p.rowsHigh()), by
	}
	return p.cache
}

// row draws one row. The one under the cursor is drawn anew each time.
func (p *Pane) row(t *cells.Theme, r *logview.Row, i int, now time.Time, cached map[logview.Pos]string) string {
	o := p.rowOptions(r, i, now)
	if o.Chosen {
		return logrow.Draw(t, r, o)
	}
	if s, ok := cached[r.Pos]; ok {
		return s
	}
	s := logrow.Draw(t, r, o)
	if cached != nil {
		cached[r.Pos] = s
	}
	return s
}

// rowOptions are how the i-th row is to look.
func (p *Pane) rowOptions(r *logview.Row, i int, now time.Time) logrow.Options {
	_, marked := p.marks[r.Pos]
	return logrow.Options{
		Width: p.w, Shift: p.shift, Clock: p.Clock, Now: now, Marked: marked, Match: p.Filter,
		Chosen: i == p.Window.list.Cursor && p.focused && !p.Window.follow,
	}
}
