package tui

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// SetSize gives the pane its cells.
func (p *logPane) SetSize(w, h int) {
	p.w, p.h = w, h
	p.window.resize(p.rowsHigh())
}

// SetFocus tells the pane whether it hears the keys.
func (p *logPane) SetFocus(on bool) { p.focused = on }

// SetFilter makes way for the rows of another filter. The rows of the last one
// stay until those come, so that typing a filter does not flicker. With held they
// come through Show.
func (p *logPane) SetFilter(f *logview.Filter, held bool) {
	p.version++
	p.filter, p.text = f, safe.Text{}
	if f != nil {
		p.text = cells.Clean(f.String())
	}
	p.old, p.held = true, held
	p.newer, p.sent, p.jump = 0, false, fetchNone
}

// SetBatch takes the rows that came since the last batch.
func (p *logPane) SetBatch(b logBatch) {
	p.version++
	p.snap = b.snap
	if p.old && p.held && !p.window.follow {
		return
	}
	p.clear()
	if !p.window.follow {
		p.newer += int64(b.count)
	}
	for i := range b.rows {
		delete(p.cache, b.rows[i].Pos)
		delete(p.tall.unfolded, b.rows[i].Pos) // it has grown
	}
	p.window.append(b)
}

// SetTime measures how fast lines come.
func (p *logPane) SetTime(now time.Time) {
	if p.snap.Complete {
		p.speed.Add(float64(p.snap.Total), now)
	}
}

// SetPage takes the rows that a fetch asked for. The newest row seen to come tells
// whether the end has moved on while they were read.
func (p *logPane) SetPage(f fetch, page logview.Page, newest logview.Pos) {
	p.version++
	p.sent = false
	p.clear()
	switch f.from {
	case fetchBefore:
		p.window.prepend(page)
	case fetchAfter:
		p.window.extend(page)
	case fetchHead:
		p.window.replace(page, 0)
		p.window.atStart = true
	case fetchTail:
		p.window.replace(page, len(page.Rows)-1)
		p.window.atEnd = true
	case fetchNone:
	}
	if p.window.newest().Before(newest) {
		p.window.atEnd = false
	}
}

// Failed makes way for the next fetch.
func (p *logPane) Failed() { p.sent = false }

// Want says which rows to fetch next, if any. A want is given once.
func (p *logPane) Want() (fetch, bool) {
	if p.sent || p.old && p.jump == fetchNone {
		return fetch{}, false
	}
	f := p.window.want()
	if p.jump != fetchNone {
		f = fetch{from: p.jump, n: windowPage}
		p.jump = fetchNone
	}
	p.sent = f.from != fetchNone
	return f, p.sent
}

// Act obeys moves, follow and how rows look.
func (p *logPane) Act(a keymap.Action) {
	p.version++
	switch a {
	case keymap.Follow:
		p.Follow(!p.window.follow)
	case keymap.Bottom:
		p.Follow(true)
	case keymap.Top:
		p.window.follow = false
		if p.window.atStart {
			p.window.list.Act(keymap.Top)
		} else {
			p.jump = fetchHead
		}
	case keymap.Left:
		p.shift = max(p.shift-p.w/2, 0)
	case keymap.Right:
		p.shift = min(p.shift+p.w/2, maxShift)
	case keymap.Mark:
		p.Mark()
	case keymap.Wrap:
		p.Wrap()
	case keymap.Time:
		p.clock = (p.clock + 1) % clockCount
	default:
		if p.page(a) {
			p.Follow(true)
		}
	}
}

// Follow goes to the newest row and stays there, or stays where it is.
func (p *logPane) Follow(on bool) {
	p.window.follow = on
	if !on {
		return
	}
	p.newer = 0
	if p.window.atEnd {
		p.window.list.Act(keymap.Bottom)
	} else {
		p.jump = fetchTail
	}
}

// View draws the rule and the rows on the screen.
func (p *logPane) View(t *cells.Theme, now time.Time) []string {
	lines := []string{p.heading(t)}
	if p.graphed() {
		lines = append(lines, histogram(t, p.facets, p.w, now.Location())...)
	}
	rows := p.window.visible()
	if len(rows) == 0 {
		lines = append(lines, cells.NewLine(t, p.w).Gap(2).Text(t.Dim, cells.Clean(p.empty())).String())
		return cells.Fit(lines, p.h)
	}
	if p.tall.on() {
		return cells.Fit(append(lines, p.tallRows(t, now)...), p.h)
	}
	p.tall.top = logview.Pos{}
	cached := p.rowCache(t, now)
	for i := range rows {
		lines = append(lines, p.row(t, &rows[i], p.window.list.Top+i, now, cached))
	}
	return cells.Fit(lines, p.h)
}

// Point puts the cursor on the line of the log in a row of the pane.
func (p *logPane) Point(row int) {
	row -= p.h - p.rowsHigh() // rule and histogram
	i := p.window.list.Top + row
	if p.tall.on() {
		if row < 0 || row >= len(p.tall.rows) {
			return
		}
		i = p.tall.rows[row]
	}
	if row < 0 || i >= len(p.window.rows) {
		return
	}
	p.version++
	p.window.follow = false
	p.window.list.Move(i - p.window.list.Cursor)
}

// Scroll moves the lines on the screen: up stops following, further down than the
// last one resumes.
func (p *logPane) Scroll(by int) {
	p.version++
	w := &p.window
	last := w.list.Top >= w.list.Len-w.list.Height
	switch {
	case by < 0:
		w.follow = false
	case w.follow:
		return
	case w.atEnd && last:
		p.Follow(true)
		return
	}
	p.tall.top = logview.Pos{}
	w.list.Wheel(by)
}
