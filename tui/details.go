package tui

import (
	"bones-tui/tui/internal/details"

	tea "charm.land/bubbletea/v2"
)

// close leads back to the open detail, else to the panes.
func (m *model) close() {
	m.mode = next(m.mode, eventClose)
	if m.details.Shown() != nil {
		m.mode = next(m.mode, eventDetail)
	}
}

// show shows a detail in the place of the one that is open.
func (m *model) showDetail(d *details.Detail) {
	m.details.Show(d)
	m.mode = next(m.mode, eventDetail)
}

// openSubject shows a subject over what is shown now; back returns to that.
func (m *model) openSubject(s details.Subject) tea.Cmd {
	m.details.Open(s)
	m.mode = next(m.mode, eventDetail)
	return nil
}

// backFromDetail goes to the detail below, or to the panes.
func (m *model) backFromDetail() {
	m.details.Back()
	if m.details.Shown() == nil {
		m.mode = next(m.mode, eventClose)
	}
}
