package tui

import (
	"bones-tui/tui/internal/layout"

	tea "charm.land/bubbletea/v2"
)

// wheelRows is how far one notch of the wheel scrolls.
const wheelRows = 3

// toggleMouse turns it on or off: while it is on, the terminal's own selection of
// text needs a modifier key.
func (m *model) toggleMouse() {
	m.mouse = !m.mouse
	if m.mouse {
		m.notice.Say("mouse on: the wheel scrolls, a click selects; M gives it back to the terminal")
	} else {
		m.notice.Say("mouse off: the terminal selects text again")
	}
}

// paneAt is the pane at a cell of the screen, and the row within it; ok is false
// beside the panes.
func (m *model) paneAt(x, y int) (id layout.Pane, row int, ok bool) {
	row = y - 1 // below the header
	l := &m.layout
	switch {
	case l.Shape == layout.Tiny || row < 0 || y >= m.h-2:
		return 0, 0, false
	case l.Shape == layout.Single:
		return m.focus, row - 1, row > 0
	case m.zoomed:
		return m.focus, row, true
	case l.Shape == layout.Wide && row < l.Areas[layout.NATS].Height:
		for _, id := range l.Upper() {
			if x -= l.Areas[id].Width + 1; x < 0 {
				return id, row, true
			}
		}
		return 0, 0, false
	}
	if l.Shape == layout.Wide {
		row -= l.Areas[layout.NATS].Height
	} else {
		for _, id := range []layout.Pane{layout.NATS, layout.Fossil} {
			if row < l.Areas[id].Height {
				return id, row, true
			}
			row -= l.Areas[id].Height
		}
	}
	if row < l.Areas[layout.Slots].Height {
		return layout.Slots, row, true
	}
	return layout.Log, row - l.Areas[layout.Slots].Height, true
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
	case layout.Slots:
		m.slots.Point(row)
	case layout.Log:
		m.log.Point(row)
	case layout.News:
		m.news.Point(row)
	case layout.NATS, layout.Fossil, layout.Count:
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
		m.details.Shown().List.Wheel(by)
	case modeHelp:
		m.helpRows.Wheel(by)
	case modePicker:
		m.picker.List.Move(by / wheelRows)
	case modeFacets:
		m.log.Facets().Scroll(by)
	case modeNormal:
		switch id, _, ok := m.paneAt(msg.X, msg.Y); {
		case ok && id == layout.Slots:
			m.slots.Scroll(by)
		case ok && id == layout.Log:
			m.log.Scroll(by)
		case ok && id == layout.News:
			m.news.Scroll(by)
		}
	case modeFilter, modeDialog, modeCount:
	}
}
