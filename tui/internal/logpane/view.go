package logpane

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/logrow"
)

// SetSize gives the pane its cells.
func (p *Pane) SetSize(w, h int) {
	p.w, p.h = w, h
	p.Window.resize(p.rowsHigh())
}

// SetFocus tells the pane whether it hears the keys.
func (p *Pane) SetFocus(on bool) { p.focused = on }

// SetFilter makes way for the rows of another filter. The rows of the last one
// stay until those come, so that typing a filter does not flicker. With held they
// come through Show.
func (p *Pane) SetFilter(f *logview.Filter, held bool) {
	p.Version++
	p.Filter, p.text = f, safe.Text{}
	if f != nil {
		p.text = cells.Clean(f.String())
	}
	p.old, p.held = true, held
	p.newer, p.sent, p.jump = 0, false, fetchNone
}

// SetBatch takes the rows that came since the last batch.
func (p *Pane) SetBatch(b Batch) {
	p.Version++
	p.Snapshot = b.Snap
	if p.old && p.held && !p.Window.follow {
		return
	}
	p.clear()
	if !p.Window.follow {
		p.newer += int64(b.Count)
	}
	for i := range b.Rows {
		delete(p.cache, b.Rows[i].Pos)
		delete(p.tall.unfolded, b.Rows[i].Pos) // it has grown
	}
	p.Window.append(b)
}

// SetTime measures how fast lines come.
func (p *Pane) SetTime(now time.Time) {
	if p.Snapshot.Complete {
		p.speed.Add(float64(p.Snapshot.Total), now)
	}
}

// SetPage takes the rows that a fetch asked for. The newest row seen to come tells
// whether the end has moved on while they were read.
func (p *Pane) SetPage(f fetch, page logview.Page, newest logview.Pos) {
	p.Version++
	p.sent = false
	p.clear()
	switch f.from {
	case fetchBefore:
		p.Window.prepend(page)
	case fetchAfter:
		p.Window.extend(page)
	case fetchHead:
		p.Window.replace(page, 0)
		p.Window.atStart = true
	case fetchTail:
		p.Window.replace(page, len(page.Rows)-1)
		p.Window.atEnd = true
	case fetchNone:
	}
	if p.Window.newest().Before(newest) {
		p.Window.atEnd = false
	}
}

// Failed makes way for the next fetch.
func (p *Pane) Failed() { p.sent = false }

// Want says which rows to fetch next, if any. A want is given once.
func (p *Pane) Want() (fetch, bool) {
	if p.sent || p.old && p.jump == fetchNone {
		return fetch{}, false
	}
	f := p.Window.want()
	if p.jump != fetchNone {
		f = fetch{from: p.jump, n: windowPage}
		p.jump = fetchNone
	}
	p.sent = f.from != fetchNone
	return f, p.sent
}

// Act obeys moves, follow and how rows look.
func (p *Pane) Act(a keymap.Action) {
	p.Version++
	switch a {
	case keymap.Follow:
		p.Follow(!p.Window.follow)
	case keymap.Bottom:
		p.Follow(true)
	case keymap.Top:
		p.Window.follow = false
		if p.Window.atStart {
			p.Window.list.Act(keymap.Top)
		} else {
			p.jump = fetchHead
		}
	case keymap.Left:
		p.shift = max(p.shift-p.w/2, 0)
	case keymap.Right:
		p.shift = min(p.shift+p.w/2, logrow.MaxShift)
	case keymap.Mark:
		p.Mark()
	case keymap.Wrap:
		p.Wrap()
	case keymap.Time:
		p.Clock = (p.Clock + 1) % logrow.ClockCount
	default:
		if p.page(a) {
			p.Follow(true)
		}
	}
}

// Follow goes to the newest row and stays there, or stays where it is.
func (p *Pane) Follow(on bool) {
	p.Window.follow = on
	if !on {
		return
	}
	p.newer = 0
	if p.Window.atEnd {
		p.Window.list.Act(keymap.Bottom)
	} else {
		p.jump = fetchTail
	}
}

// View draws the rule and the rows on the screen.
func (p *Pane) View(t *cells.Theme, now time.Time) []string {
	lines := []string{p.heading(t)}
	if p.graphed() {
		lines = append(lines, histogram(t, p.facets, p.w, now.Location())...)
	}
	rows := p.Window.visible()
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
		lines = append(lines, p.row(t, &rows[i], p.Window.list.Top+i, now, cached))
	}
	return cells.Fit(lines, p.h)
}

// Point puts the cursor on the line of the log in a row of the pane.
func (p *Pane) Point(row int) {
	row -= p.h - p.rowsHigh() // rule and histogram
	i := p.Window.list.Top + row
	if p.tall.on() {
		if row < 0 || row >= len(p.tall.rows) {
			return
		}
		i = p.tall.rows[row]
	}
	if row < 0 || i >= len(p.Window.Rows) {
		return
	}
	p.Version++
	p.Window.follow = false
	p.Window.list.Move(i - p.Window.list.Cursor)
}

// Scroll moves the lines on the screen: up stops following, further down than the
// last one resumes.
func (p *Pane) Scroll(by int) {
	p.Version++
	w := &p.Window
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
