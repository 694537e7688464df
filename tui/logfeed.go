package tui

import (
	"strings"

	"bones-tui/tui/internal/layout"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

func (m *model) openFilter() tea.Cmd {
	if m.detail == nil && m.focus != layout.Slots {
		m.focus = layout.Log
	}
	m.mode = next(m.mode, eventFilter)
	m.input.Open(m.focus, m.filter())
	return m.fx.readValues()
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
	if m.detail != nil {
		m.detail.SetFilter(in)
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

// setFilter shows the log through another filter, unless it means the same.
func (m *model) setFilter(in *logview.Filter) tea.Cmd {
	if in.String() == m.log.filter.String() {
		return nil
	}
	m.log.filter = in
	cmd := m.reopen()
	m.sayFilter()
	return cmd
}

// sayFilter tells the end of a filter, where what is new stands, if the heading cuts
// that off.
func (m *model) sayFilter() {
	if over := m.log.text.Width() - m.log.filterRoom(); over > 0 && m.mode != modeFilter {
		m.notice.Say("filter: … " + m.log.text.Window(over, m.log.text.Width()).String())
	}
}

// reopen shows the log anew: where it was if it is paused, else from its end.
func (m *model) reopen() tea.Cmd {
	m.feed = feed{id: m.feed.id + 1}
	if row, ok := m.log.Chosen(); !ok {
		m.log.window.follow = true
	} else if !m.log.window.follow {
		m.feed.keep = &row
	}
	m.log.SetFilter(m.log.filter, m.feed.keep != nil)
	if m.facets != nil {
		m.facets.Outdate()
	}
	return m.fx.openFeed(m.feed.id, m.log.shown())
}

// feedOpened reads what is to be on the screen, then waits for more.
func (m *model) feedOpened(msg feedMsg) tea.Cmd {
	if msg.feed != m.feed.id {
		return nil
	}
	m.feed.view = msg.view
	cmd := tea.Batch(m.fx.waitLog(msg.feed, msg.view, 0, progress{}), m.fetchFacets())
	if m.feed.keep != nil {
		return tea.Batch(cmd, m.fx.visit(msg.feed, msg.view, *m.feed.keep, seek{filter: m.log.shown(), settle: true}))
	}
	return cmd
}

// logBatch shows what came in the log, and waits for more.
func (m *model) logBatch(msg logBatchMsg) tea.Cmd {
	if msg.feed != m.feed.id {
		return nil
	}
	m.feed.take(msg.batch.rows)
	m.log.SetBatch(msg.batch)
	return tea.Batch(m.refreshReport(), m.fetchFacets(), m.fx.waitLog(m.feed.id, m.feed.view, msg.batch.snap.Version, m.feed.progress))
}

func (m *model) logPage(msg logPageMsg) {
	switch {
	case msg.feed != m.feed.id:
	case msg.err != nil:
		m.log.Failed()
		m.notice.Fail(msg.err)
	default:
		m.log.SetPage(msg.fetch, msg.page, m.feed.newest)
	}
}

// fetchLog asks for the rows that the log pane will need next.
func (m *model) fetchLog() tea.Cmd {
	if m.feed.view == nil {
		return nil
	}
	f, ok := m.log.Want()
	if !ok {
		return nil
	}
	return m.fx.page(m.feed.id, m.feed.view, f)
}

// nextLevel goes through the least levels: all, info, warn, error.
func nextLevel(in *logview.Filter) *logview.Filter {
	level := in.MinLevel()
	if level >= hublog.LevelError {
		return in.Without("level")
	}
	return in.With("level", ">=", strings.ToLower((level + 1).String()))
}

// nextEvent goes through the kinds of event: all, then each alone.
func nextEvent(in *logview.Filter) *logview.Filter {
	kinds := []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError}
	set := in.Events()
	if len(set) == 0 {
		return in.With("event", ":", kinds[0])
	}
	for i, k := range kinds[:len(kinds)-1] {
		if set[0] == k {
			return in.With("event", ":", kinds[i+1])
		}
	}
	return in.Without("event")
}

// counting reports whether anything on the screen shows counts.
func (m *model) counting() bool { return m.facets != nil || m.log.histogram }

// fetchFacets asks for the counts if they are shown.
func (m *model) fetchFacets() tea.Cmd {
	if m.feed.view == nil || !m.counting() {
		return nil
	}
	return m.fx.readFacets(m.feed.id, m.feed.view)
}
