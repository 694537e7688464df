package tui

import "time"

// memo keeps the last result of a function of K. Bubble Tea asks for a frame
// after every message, and most messages change one pane or none.
type memo[K comparable, V any] struct {
	key   K
	valid bool
	value V
}

func (c *memo[K, V]) get(key K, draw func() V) V {
	if !c.valid || c.key != key {
		c.key, c.valid, c.value = key, true, draw()
	}
	return c.value
}

// drawn is what the last frame was made of.
type drawn struct {
	panes    [paneCount]memo[paneKey, []string]
	services memo[[2]paneKey, []string]
	footer   memo[footerKey, string]
	findings memo[findingsKey, []finding]
}

// findingsKey is all that the findings depend on.
type findingsKey struct {
	second           int64
	nats, slots, log int // versions
}

// paneKey is all that a pane's rows depend on.
type paneKey struct {
	theme   *theme
	area    area
	version int
	second  int64
	joint   int
	focused bool
	zone    *time.Location
}

type footerKey struct {
	situation situation
	theme     *theme
	width     int
}

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
		k.version, k.joint = m.slots.version, m.slots.joint
	case paneLog:
		k.version = m.log.version
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
		case paneCount:
		}
		return nil
	})
}

// services is both status panes, side by side if there is room.
func (m *model) services() []string {
	return m.drawn.services.get([2]paneKey{m.paneKey(paneNATS), m.paneKey(paneFossil)}, func() []string {
		left, right := m.pane(paneNATS), m.pane(paneFossil)
		if m.layout.shape != shapeWide {
			return append(left[:len(left):len(left)], right...)
		}
		rows := make([]string, len(left))
		for i := range left {
			bar := m.theme.bar
			if i == 0 {
				bar = m.theme.tee
			}
			l := newLine(m.theme, m.w).styled(left[i]).to(m.layout.panes[paneNATS].w)
			rows[i] = l.put(m.theme.dim, bar).styled(right[i]).String()
		}
		return rows
	})
}
