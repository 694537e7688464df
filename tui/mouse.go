package tui

import (
	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
)

// wheelRows is how far one notch of the wheel scrolls.
const wheelRows = 3

// toggleMouse turns it on or off: while it is on, the terminal's own selection of
// text needs a modifier key.
func (m *model) toggleMouse() {
	m.mouse = !m.mouse
	if m.mouse {
		m.say("mouse on: the wheel scrolls, a click selects; M gives it back to the terminal")
	} else {
		m.say("mouse off: the terminal selects text again")
	}
}

// paneAt is the pane at a cell of the screen, and the row within it; ok is false
// beside the panes.
func (m *model) paneAt(x, y int) (id paneID, row int, ok bool) {
	row = y - 1 // below the header
	l := &m.layout
	switch {
	case l.shape == shapeTiny || row < 0 || y >= m.h-2:
		return 0, 0, false
	case l.shape == shapeSingle:
		return m.focus, row - 1, row > 0
	case m.zoomed:
		return m.focus, row, true
	case l.shape == shapeWide && row < l.panes[paneNATS].h:
		for _, id := range l.upper() {
			if x -= l.panes[id].w + 1; x < 0 {
				return id, row, true
			}
		}
		return 0, 0, false
	}
	if l.shape == shapeWide {
		row -= l.panes[paneNATS].h
	} else {
		for _, id := range []paneID{paneNATS, paneFossil} {
			if row < l.panes[id].h {
				return id, row, true
			}
			row -= l.panes[id].h
		}
	}
	if row < l.panes[paneSlots].h {
		return paneSlots, row, true
	}
	return paneLog, row - l.panes[paneSlots].h, true
}

// click gives the pane the focus and puts the cursor on the row. Dialogs hear no
// clicks: what changes the hub is asked for with keys.
func (m *model) click(msg tea.MouseClickMsg) tea.Cmd {
	if !m.mouse || msg.Button != tea.MouseLeft || m.mode != modeNormal {
		return nil
	}
	id, row, ok := m.paneAt(msg.X, msg.Y)
	if !ok {
		return nil
	}
	m.focus = id
	switch id {
	case paneSlots:
		m.slots.Point(row)
	case paneLog:
		m.log.Point(row)
	case paneNews:
		m.news.Point(row)
	case paneNATS, paneFossil, paneCount:
	}
	return nil
}

// wheel scrolls what is under it, wherever the focus is.
func (m *model) wheel(msg tea.MouseWheelMsg) {
	by := wheelRows
	switch {
	case !m.mouse:
		return
	case msg.Button == tea.MouseWheelUp:
		by = -by
	case msg.Button != tea.MouseWheelDown:
		return
	}
	switch m.mode {
	case modeDetail:
		m.detail.list.Wheel(by)
	case modeHelp:
		m.helpRows.Wheel(by)
	case modePicker:
		m.picker.list.Move(by / wheelRows)
	case modeFacets:
		m.facets.columns[m.facets.at].list.Wheel(by)
	case modeNormal:
		switch id, _, ok := m.paneAt(msg.X, msg.Y); {
		case ok && id == paneSlots:
			m.slots.Scroll(by)
		case ok && id == paneLog:
			m.log.Scroll(by)
		case ok && id == paneNews:
			m.news.Scroll(by)
		}
	case modeFilter, modeDialog, modeCount:
	}
}

// Point puts the cursor on the slot in a row of the pane.
func (p *slotsPane) Point(row int) {
	i := p.list.Top + row - 2 - len(p.bannerLines()) // rule and titles
	if row < 2 || i < p.list.Top || i >= len(p.rows) {
		return
	}
	p.version++
	p.chosen = p.rows[i].Name
	p.fit()
}

// Scroll moves the rows on the screen.
func (p *slotsPane) Scroll(by int) {
	p.version++
	p.list.Wheel(by)
	if len(p.rows) > 0 {
		p.chosen = p.rows[p.list.Cursor].Name
	}
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
