package tui

import (
	"bones-tui/tui/internal/cells"
)

func (m *model) paneKey(id paneID) paneKey {
	k := paneKey{
		theme: m.theme, area: m.layout.panes[id], second: m.now.Unix(), focused: m.focus == id, zone: m.now.Location(),
	}
	switch id {
	case paneNATS:
		k.version = m.nats.version
	case paneFossil:
		k.version = m.fossil.version
	case paneSlots:
		k.version, k.barsAbove = m.slots.version, m.slots.barsAbove
	case paneLog:
		k.version = m.log.version
	case paneNews:
		k.version = m.news.version
	case paneCount:
	}
	return k
}

// pane is the rows of one pane. They are shared: callers only read them.
func (m *model) pane(id paneID) []string {
	return m.drawn.panes[id].get(m.paneKey(id), func() []string {
		switch id {
		case paneNATS:
			return m.nats.View(m.theme, m.now)
		case paneFossil:
			return m.fossil.View(m.theme, m.now)
		case paneSlots:
			return m.slots.View(m.theme, m.now)
		case paneLog:
			return m.log.View(m.theme, m.now)
		case paneNews:
			return m.news.View(m.theme, m.now)
		case paneCount:
		}
		return nil
	})
}

// services is the panes above the slots, side by side if there is room.
func (m *model) services() []string {
	keys := [3]paneKey{m.paneKey(paneNATS), m.paneKey(paneFossil), m.paneKey(paneNews)}
	return m.drawn.services.get(keys, func() []string {
		upper := m.layout.upper()
		if len(upper) == 0 {
			left := m.pane(paneNATS)
			return append(left[:len(left):len(left)], m.pane(paneFossil)...)
		}
		rows := make([]string, m.layout.panes[paneNATS].h)
		for i := range rows {
			bar := m.theme.Bar
			if i == 0 {
				bar = m.theme.Tee
			}
			l := cells.NewLine(m.theme, m.w)
			for n, id := range upper {
				if n > 0 {
					l.Put(m.theme.Dim, bar)
				}
				end := l.Column() + m.layout.panes[id].w
				l.Styled(m.pane(id)[i])
				if n < len(upper)-1 {
					l.To(end)
				}
			}
			rows[i] = l.String()
		}
		return rows
	})
}
