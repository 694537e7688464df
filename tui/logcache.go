package tui

import (
	"time"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

// rowCache is nil for rows that change by the second.
func (p *logPane) rowCache(t *cells.Theme, now time.Time) map[logview.Pos]string {
	if p.clock == clockAge {
		return nil
	}
	by := cacheKey{w: p.w, shift: p.shift, clock: p.clock, theme: t, zone: now.Location(), match: p.filter}
	if p.cache == nil || p.cacheBy != by || len(p.cache) > 4*p.rowsHigh()+windowPage {
		p.cache, p.cacheBy = make(map[logview.Pos]string, 2*p.rowsHigh()), by
	}
	return p.cache
}

// row draws one row. The one under the cursor is drawn anew each time.
func (p *logPane) row(t *cells.Theme, r *logview.Row, i int, now time.Time, cached map[logview.Pos]string) string {
	o := p.rowOptions(r, i, now)
	if o.chosen {
		return drawRow(t, r, o)
	}
	if s, ok := cached[r.Pos]; ok {
		return s
	}
	s := drawRow(t, r, o)
	if cached != nil {
		cached[r.Pos] = s
	}
	return s
}

// rowOptions are how the i-th row is to look.
func (p *logPane) rowOptions(r *logview.Row, i int, now time.Time) rowOptions {
	_, marked := p.marks[r.Pos]
	return rowOptions{
		width: p.w, shift: p.shift, clock: p.clock, now: now, marked: marked, match: p.filter,
		chosen: i == p.window.list.Cursor && p.focused && !p.window.follow,
	}
}
