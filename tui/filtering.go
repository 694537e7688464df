package tui

import (
	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/layout"
)

func (m *model) openFilter() tea.Cmd {
	if m.details.Shown() == nil && m.focus != layout.Slots {
		m.focus = layout.Log
	}
	m.mode = next(m.mode, eventFilter)
	m.input.Open(m.focus, m.filter())
	return m.log.ReadValues()
}

// typed changes the input.
func (m *model) typed(msg tea.Msg) tea.Cmd {
	if !m.input.Type(msg) {
		return nil
	}
	return m.tryFilter()
}

// tryFilter puts what is typed in force, if it makes sense.
func (m *model) tryFilter() tea.Cmd {
	in, ok := m.input.Parse()
	if !ok {
		return nil
	}
	return m.setFilterOf(m.input.Pane, in)
}

func (m *model) setFilterOf(pane layout.Pane, in *logview.Filter) tea.Cmd {
	if d := m.details.Shown(); d != nil {
		d.SetFilter(in)
		return nil
	}
	if pane == layout.Slots {
		m.slots.SetFilter(in)
		return nil
	}
	return m.setFilter(in)
}

func (m *model) acceptFilter() tea.Cmd {
	if !m.input.Valid() {
		return nil
	}
	m.close()
	m.input.Remember()
	return nil
}

func (m *model) cancelFilter() tea.Cmd {
	m.close()
	return m.setFilterOf(m.input.Pane, m.input.Before)
}

// values are what the log and the slots hold, for completion.
func (m *model) values() logview.Values {
	var of [][2]string
	for i := range m.slots.All {
		r := m.slots.All[i]
		of = append(of, [2]string{"slot", r.Name}, [2]string{"agent", r.Agent}, [2]string{"task", r.TaskID})
	}
	return m.log.Values(of)
}

// setFilter shows the log through another filter, unless it means the same. While one is typed
// it is seen in the input.
func (m *model) setFilter(in *logview.Filter) tea.Cmd {
	return m.log.Through(in, m.mode != modeFilter)
}
