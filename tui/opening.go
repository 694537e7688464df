package tui

import (
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/newspane"
	"bones-tui/tui/internal/picker"
	"bones-tui/tui/internal/subjects"

	tea "charm.land/bubbletea/v2"
)

// openDetail shows the thing under the cursor in full.
func (m *model) openDetail() tea.Cmd {
	if m.mode == modeDetail {
		m.details.OpenChosen()
		return nil
	}
	m.details.Forget()
	switch m.focus {
	case layout.Slots:
		if d := m.chosenSlot(); d != nil {
			m.showDetail(d)
			return m.fx.readSlotLog(d.ID, d.Slot)
		}
	case layout.Log:
		if row, ok := m.log.Chosen(); ok {
			d := subjects.NewLogLine(row)
			m.showDetail(d)
			return m.fx.readRow(d.ID, row)
		}
	case layout.NATS:
		return m.openSubject(&subjects.Connections{})
	case layout.Fossil:
		return m.openSubject(&subjects.Timeline{})
	case layout.News:
		return m.openNews()
	case layout.Count:
	}
	return nil
}

func (m *model) chosenSlot() *details.Detail {
	if r := m.slots.Chosen(); r != nil {
		return subjects.NewSlot(r, m.now)
	}
	return nil
}

// openFindings lists what is wrong, why, and what mends it.
func (m *model) openFindings() tea.Cmd {
	m.details.Forget()
	m.showDetail(newspane.NewDetail(m.findings(), m.examined(), m.news.Healthy))
	return m.checkup(checkAgain)
}

// detailRead fills the detail that is open.
func (m *model) detailRead(msg detailMsg) {
	d := m.details.Shown()
	switch {
	case d == nil || d.ID != msg.id:
	case msg.err != nil:
		m.notice.Fail(msg.err)
	case d.Slot != "":
		subjects.SetSlotLog(d, msg.after)
	default:
		subjects.SetLog(d, msg.text, msg.before, msg.after)
	}
}

// refreshDetail keeps up to date what changes while it is looked at.
func (m *model) refreshDetail() {
	d := m.details.Shown()
	switch {
	case d == nil:
		return
	case d.Src != nil:
		d.Due = d.Due || !d.Content.Fixed && !d.Loading
		return
	case d.Findings:
		newspane.SetDetail(d, m.findings(), m.examined(), m.news.Healthy)
		return
	}
	for i := range m.slots.All {
		if r := m.slots.All[i]; r.Name == d.Slot {
			subjects.SetSlot(d, r, m.now)
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

// openActivity shows the timeline of everything.
func (m *model) openActivity() tea.Cmd {
	m.details.Forget()
	return m.openSubject(&subjects.Activity{From: m.session.Activity})
}

// openNews shows what the row under the cursor is about.
func (m *model) openNews() tea.Cmd {
	r := m.news.List.Chosen()
	switch {
	case r == nil:
		return nil
	case r.Open != nil:
		return m.openSubject(r.Open)
	case r.Cells != nil && m.session.Activity != nil:
		return m.openActivity()
	case r.Cells == nil:
		return m.openFindings()
	}
	return nil
}
