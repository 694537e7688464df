package tui

import (
	"context"
	"slices"

	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/newspane"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/hub/findings"
)

// dismiss ends the telling of an incident.
func (m *model) dismiss() tea.Cmd {
	i, ok := m.dismissable()
	if !ok {
		return nil
	}
	return m.fx.Do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, details.LoadTimeout)
		defer cancel()
		return dismissedMsg{i, m.cfg.Dismiss(ctx, i.ID)}
	})
}

// dismissed says what is not told any more.
func (m *model) dismissed(msg dismissedMsg) tea.Cmd {
	if msg.err != nil {
		m.notice.Fail(msg.err)
		return nil
	}
	left := slices.Clone(m.hub.Status.Incidents)
	m.hub.Status.Incidents = slices.DeleteFunc(left, func(i hub.Incident) bool { return i.ID == msg.incident.ID })
	m.news.Examined = slices.DeleteFunc(m.news.Examined, func(f findings.Finding) bool { return newspane.IsOf(f, msg.incident) })
	m.showHub()
	m.refreshDetail()
	m.notice.Say("dismissed: " + msg.incident.Text)
	return m.sample()
}
