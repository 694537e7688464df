package tui

import (
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/layout"
)

func (m *model) paneKey(id layout.Pane) paneKey {
	k := paneKey{
		theme: m.theme, area: m.layout.Areas[id], second: m.now.Unix(), focused: m.focus == id, zone: m.now.Location(),
	}
	switch id {
	case layout.NATS:
		k.version = m.nats.Version
	case layout.Fossil:
		k.version = m.fossil.Version
	case layout.Slots:
		k.version, k.barsAbove = m.slots.Version, m.slots.BarsAbove
	case layout.Log:
		k.version = m.log.Version
	case layout.News:
		k.version = m.news.Version
	case layout.Count:
	}
	return k
}

// pane is the rows of one pane. They are shared: callers only read them.
func (m *model) pane(id layout.Pane) []string {
	return m.drawn.panes[id].get(m.paneKey(id), func() []string {
		switch id {
		case layout.NATS:
			return m.nats.View(m.theme, m.now)
		case layout.Fossil:
			return m.fossil.View(m.theme, m.now)
		case layout.Slots:
			return m.slots.View(m.theme, m.now)
		case layout.Log:
			return m.log.View(m.theme, m.now)
		case layout.News:
			return m.news.View(m.theme, m.now)
		case layout.Count:
		}
		return nil
	})
}

// services is the panes above the slots, side by side if there is room.
func (m *model) services() []string {
	keys := [3]paneKey{m.paneKey(layout.NATS), m.paneKey(layout.Fossil), m.paneKey(layout.News)}
	return m.drawn.services.get(keys, func() []string {
		upper := m.layout.Upper()
		if len(upper) == 0 {
			left := m.pane(layout.NATS)
			return append(left[:len(left):len(left)], m.pane(layout.Fossil)...)
		}
		rows := make([]string, m.layout.Areas[layout.NATS].Height)
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
				end := l.Column() + m.layout.Areas[id].Width
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
