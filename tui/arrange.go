package tui

// arrange lays the screen out anew. It is cheap, and the layout depends on more
// than the size.
func (m *model) arrange() {
	m.layout = arrange(m.w, m.h, max(len(m.slots.all), 1), m.focus, m.zoomed)
	m.focus = m.layout.focus
	a := m.layout.panes
	m.slots.barsAbove = m.layout.bars()
	m.nats.SetSize(a[paneNATS].w, a[paneNATS].h)
	m.fossil.SetSize(a[paneFossil].w, a[paneFossil].h)
	m.slots.SetSize(a[paneSlots].w, a[paneSlots].h)
	m.log.SetSize(a[paneLog].w, a[paneLog].h)
	m.news.SetSize(a[paneNews].w, a[paneNews].h)
	if a[paneNews].h > 0 {
		m.news.SetFindings(m.allFindings())
	}
	m.nats.SetFocus(m.focus == paneNATS)
	m.fossil.SetFocus(m.focus == paneFossil)
	m.slots.SetFocus(m.focus == paneSlots)
	m.log.SetFocus(m.focus == paneLog)
	m.news.SetFocus(m.focus == paneNews)
	if m.mode == modeHelp {
		m.layHelp()
	}
}
