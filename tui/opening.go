package tui

import (
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/picker"

	tea "charm.land/bubbletea/v2"
)

// openDetail shows the thing under the cursor in full.
func (m *model) openDetail() tea.Cmd {
	if m.mode == modeDetail {
		return m.openChosen()
	}
	m.below = nil
	m.dialogs++
	switch m.focus {
	case layout.Slots:
		if m.detail = m.chosenSlot(); m.detail != nil {
			m.mode = next(m.mode, eventDetail)
			return m.fx.readSlotLog(m.detail.id, m.detail.slot)
		}
	case layout.Log:
		if row, ok := m.log.Chosen(); ok {
			m.detail = logDetail(m.dialogs, row)
			m.mode = next(m.mode, eventDetail)
			return m.fx.readRow(m.detail.id, row)
		}
	case layout.NATS:
		return m.openSubject(&connections{})
	case layout.Fossil:
		return m.openSubject(&timeline{})
	case layout.News:
		return m.openNews()
	case layout.Count:
	}
	return nil
}

func (m *model) chosenSlot() *detail {
	if r := m.slots.Chosen(); r != nil {
		return slotDetail(m.dialogs, r, m.now)
	}
	return nil
}

// openFindings lists what is wrong, why, and what mends it.
func (m *model) openFindings() tea.Cmd {
	m.dialogs++
	m.below = nil
	m.detail = findingsDetail(m.dialogs, m.findings(), m.examined(), m.news.healthy)
	m.mode = next(m.mode, eventDetail)
	return m.checkup(checkAgain)
}

// detailRead fills the detail that is open.
func (m *model) detailRead(msg detailMsg) {
	d := m.detail
	switch {
	case d == nil || d.id != msg.id:
	case msg.err != nil:
		m.notice.Fail(msg.err)
	case d.slot != "":
		d.SetSlotLog(msg.after)
	default:
		d.SetLog(msg.text, msg.before, msg.after)
	}
}

// refreshDetail keeps up to date what changes while it is looked at.
func (m *model) refreshDetail() {
	switch {
	case m.detail == nil:
		return
	case m.detail.src != nil:
		m.detail.due = m.detail.due || !m.detail.view.fixed && !m.detail.loading
		return
	case m.detail.findings:
		m.detail.SetFindings(m.findings(), m.examined(), m.news.healthy)
		return
	}
	for i := range m.slots.All {
		if r := m.slots.All[i]; r.Name == m.detail.slot {
			m.detail.SetSlot(r, m.now)
		}
	}
}

// openPalette offers every command that is valid now, by what it does and by the
// name that the settings know it by.
func (m *model) openPalette() tea.Cmd {
	var items []picker.Item
	for _, c := range m.keys.Palette(m.situation()) {
		items = append(items, picker.Item{Text: c.Does, Hint: c.Key, Alias: c.Name, Pick: picker.Choice{Act: c.Action}})
	}
	return m.openPicker(picker.New("Commands", items))
}

func (m *model) openPicker(p *picker.Picker) tea.Cmd {
	m.picker = p
	m.mode = next(m.mode, eventPicker)
	return nil
}

// openNews shows what the row under the cursor is about.
func (m *model) openNews() tea.Cmd {
	r := m.news.rows.Chosen()
	switch {
	case r == nil:
		return nil
	case r.open != nil:
		return m.openSubject(r.open)
	case r.cells != nil && m.session.Activity != nil:
		return m.openActivity()
	case r.cells == nil:
		return m.openFindings()
	}
	return nil
}
