package tui

import (
	"bones-tui/tui/internal/layout"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/keymap"
)

func (m *model) facetsRead(msg facetsMsg) {
	if msg.feed != m.feed.id {
		return
	}
	m.log.SetFacets(msg.facets)
	if m.facets != nil {
		m.facets.SetFacets(msg.facets)
	}
}

// openFacets counts what the log pane shows.
func (m *model) openFacets() tea.Cmd {
	m.focus = layout.Log
	m.facets = newFacetsView()
	m.mode = next(m.mode, eventFacets)
	return m.fetchFacets()
}

// actInFacets obeys a key in the facets: the value under the cursor goes into the
// filter or out of it, and everything is counted anew.
func (m *model) actInFacets(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Undo:
		if before, ok := m.facets.Undo(); ok {
			return m.setFilter(before)
		}
	case keymap.Include, keymap.Exclude:
		field, value, ok := m.facets.Chosen()
		if !ok {
			return nil
		}
		return m.narrow(narrowed(m.log.filter, field, value, a == keymap.Exclude))
	default:
		m.facets.Act(a)
	}
	return nil
}

// narrow shows and counts only what passes a filter that has one more term.
func (m *model) narrow(to *logview.Filter) tea.Cmd {
	same := to.String() == m.log.filter.String()
	if same && !m.log.highlight {
		m.notice.Say("the filter says so already")
		return nil
	}
	if !same {
		m.facets.past = append(m.facets.past, m.log.filter)
	}
	m.log.filter = to
	m.log.highlight, m.log.around = false, false // what is counted is what passes
	cmd := m.reopen()
	m.sayFilter()
	return cmd
}

// narrowed is a filter that lets only lines with a value through, or none of them.
func narrowed(f *logview.Filter, field, value string, exclude bool) *logview.Filter {
	switch {
	case exclude:
		return f.With(field, "!=", value)
	case field == "event" || field == "kind":
		return f.With(field, ":", value)
	default:
		return f.With(field, "=", value)
	}
}

// toggleHistogram shows how many lines there were over time, above the log.
func (m *model) toggleHistogram() tea.Cmd {
	m.log.SetHistogram(!m.log.histogram)
	return m.fetchFacets()
}
