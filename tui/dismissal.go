package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
)

// incidentCheck is what the doctor's findings about incidents are called.
const incidentCheck = "incidents"

// incidentFindings lists what went wrong with what the workspace holds, and is told until
// somebody dismisses it. The hub's end changes nothing of it.
func incidentFindings(all []hub.Incident, now time.Time) []finding {
	var out []finding
	for _, i := range all {
		out = append(out, finding{
			text: i.Text, bad: true, fix: i.Next,
			why: "Found at " + i.At.In(now.Location()).Format(time.DateTime) + "; told until somebody has seen it: d in this list, or bones-tui hub dismiss " + i.ID + ".",
		})
	}
	return out
}

// isOf says whether a finding of the doctor is about an incident.
func (f finding) isOf(i hub.Incident) bool {
	return f.check == incidentCheck && strings.HasPrefix(f.text, incidentCheck+": "+i.Text)
}

// dismissable is the incident that the next dismissal is about: the first of the list that is
// open; ok is false if there is none, or this screen changes nothing.
func (m *model) dismissable() (i hub.Incident, ok bool) {
	if m.cfg.Dismiss == nil || m.cfg.ReadOnly || m.detail == nil || !m.detail.findings || len(m.hub.status.Incidents) == 0 {
		return i, false
	}
	return m.hub.status.Incidents[0], true
}

type dismissedMsg struct {
	incident hub.Incident
	err      error
}

// dismiss ends the telling of an incident.
func (m *model) dismiss() tea.Cmd {
	i, ok := m.dismissable()
	if !ok {
		return nil
	}
	return m.fx.do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, loadTimeout)
		defer cancel()
		return dismissedMsg{i, m.cfg.Dismiss(ctx, i.ID)}
	})
}

// dismissed says what is not told any more.
func (m *model) dismissed(msg dismissedMsg) tea.Cmd {
	if msg.err != nil {
		m.fail(msg.err)
		return nil
	}
	left := slices.Clone(m.hub.status.Incidents)
	m.hub.status.Incidents = slices.DeleteFunc(left, func(i hub.Incident) bool { return i.ID == msg.incident.ID })
	m.news.examined = slices.DeleteFunc(m.news.examined, func(f finding) bool { return f.isOf(msg.incident) })
	m.showHub()
	m.refreshDetail()
	m.say("dismissed: " + msg.incident.Text)
	return m.sample()
}
