package tui

import (
	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/cells"
)

// maxDepth bounds how many details lie under the one that is shown.
const maxDepth = 64

// close leads back to the open detail, else to the panes.
func (m *model) close() {
	m.mode = next(m.mode, eventClose)
	if m.detail != nil {
		m.mode = next(m.mode, eventDetail)
	}
}

// openSubject shows a subject over what is shown now; back returns to that.
func (m *model) openSubject(s subject) tea.Cmd {
	m.dialogs++
	if m.mode == modeDetail {
		m.below = append(m.below, m.detail)
		m.below = m.below[max(len(m.below)-maxDepth, 0):]
	}
	m.detail = subjectDetail(m.dialogs, s)
	m.mode = next(m.mode, eventDetail)
	return nil
}

// openChosen shows what the row under the cursor stands for.
func (m *model) openChosen() tea.Cmd {
	if r := m.detail.Chosen(); r != nil && r.open != nil {
		return m.openSubject(r.open)
	}
	return nil
}

// openSibling shows the next of several lists instead of this one.
func (m *model) openSibling() tea.Cmd {
	s, ok := m.detail.src.(tabbed)
	if !ok {
		return nil
	}
	m.dialogs++
	m.detail = subjectDetail(m.dialogs, s.sibling())
	return nil
}

// backFromDetail goes to the detail below, or to the panes.
func (m *model) backFromDetail() {
	if n := len(m.below) - 1; n >= 0 {
		m.detail, m.below = m.below[n], m.below[:n]
		m.detail.due = m.detail.src != nil && !m.detail.view.fixed
		return
	}
	m.detail = nil
	m.mode = next(m.mode, eventClose)
}

// fetchDetail reads what the open detail shows, if it is time to.
func (m *model) fetchDetail() tea.Cmd {
	d := m.detail
	switch {
	case d == nil || d.src == nil || !d.needs():
		return nil
	case m.session.Inspector == nil && !standsAlone(d.src):
		d.due = false
		d.problem = cells.Clean("there is no hub to ask")
		return nil
	}
	d.due, d.loading = false, true
	return m.fx.load(d.id, d.src, m.session.Inspector, d.want)
}

func standsAlone(s subject) bool {
	_, ok := s.(alone)
	return ok
}

// contentRead fills the detail that has asked, if it is still there.
func (m *model) contentRead(msg contentMsg) {
	for _, d := range append([]*detail{m.detail}, m.below...) {
		if d != nil && d.id == msg.id {
			d.SetContent(msg.content, msg.err, msg.now)
		}
	}
}
