package tui

import "bones-tui/tui/internal/layout"

// arrange lays the screen out anew. It is cheap, and the layout depends on more
// than the size.
func (m *model) arrange() {
	m.layout = layout.Arrange(m.w, m.h, max(len(m.slots.All), 1), m.focus, m.zoomed)
	m.focus = m.layout.Focus
	a := m.layout.Areas
	m.slots.BarsAbove = m.layout.Bars()
	m.nats.SetSize(a[layout.NATS].Width, a[layout.NATS].Height)
	m.fossil.SetSize(a[layout.Fossil].Width, a[layout.Fossil].Height)
	m.slots.SetSize(a[layout.Slots].Width, a[layout.Slots].Height)
	m.log.SetSize(a[layout.Log].Width, a[layout.Log].Height)
	m.news.SetSize(a[layout.News].Width, a[layout.News].Height)
	if a[layout.News].Height > 0 {
		m.news.SetFindings(m.allFindings())
	}
	m.nats.SetFocus(m.focus == layout.NATS)
	m.fossil.SetFocus(m.focus == layout.Fossil)
	m.slots.SetFocus(m.focus == layout.Slots)
	m.log.SetFocus(m.focus == layout.Log)
	m.news.SetFocus(m.focus == layout.News)
	if m.mode == modeHelp {
		m.layHelp()
	}
}
