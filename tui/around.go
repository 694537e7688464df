package tui

import tea "charm.land/bubbletea/v2"

// showAround lifts the filter and stays on the line under the cursor, to show what
// came before and after it; or brings the filter back, on the same line if it shows it.
func (m *model) showAround() tea.Cmd {
	if _, ok := m.log.Chosen(); !ok {
		return nil
	}
	m.log.around = !m.log.around
	m.log.highlight = m.log.around
	m.log.window.follow = false
	return m.reopen()
}
