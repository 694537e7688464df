package tui

import (
	"errors"
	"strings"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/overlays"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
)

// An overlay is a box over the panes that tells of something under way or gone
// wrong. It hears no key but esc, which takes it away; every other key does what
// it does without it.

// failed shows a failure until the operator dismisses it. Without an error it is
// the hub's own end.
func (m *model) failed(title string, err error) tea.Cmd {
	if err == nil {
		title, err = m.hub.HowItEnded(), m.hub.Cause
	}
	m.dialogs++
	r := &overlays.Report{ID: m.dialogs, Title: title, Cause: notice.Cause(err)}
	var start *hub.StartError
	if errors.As(err, &start) {
		for s := range strings.Lines(start.Log) {
			r.Text = append(r.Text, strings.TrimRight(s, "\r\n"))
		}
	}
	m.report = r
	return m.fx.lastWords(r.ID)
}

// refreshReport reads the last lines anew: the log may tell more than it did when
// the failure was noticed.
func (m *model) refreshReport() tea.Cmd {
	if m.report == nil {
		return nil
	}
	return m.fx.lastWords(m.report.ID)
}

// reported takes the last lines of the log.
func (m *model) reported(msg wordsMsg) {
	if m.report != nil && m.report.ID == msg.id {
		m.report.Words = msg.rows
	}
}

// overlay is the box, nil if there is none.
func (m *model) overlay() []string {
	switch {
	case m.report != nil:
		return m.report.View(m.theme, m.w, m.h, m.now, m.hub.Ended() && m.keysCanStart())
	case m.hub.Life == hubstate.Draining && !m.hidden:
		return m.drainBox()
	}
	return nil
}

func (m *model) keysCanStart() bool { return m.situation().CanStart() }

// drainBox is what a stop, or a hand-over, is doing.
func (m *model) drainBox() []string {
	title := "Stopping " + m.name.String()
	if m.handOver {
		title = "Handing " + m.name.String() + " over"
	}
	return overlays.Drain(m.theme, &m.hub, title, m.drainTail, m.w, m.h, m.now)
}

// drainTail says how long it can take and what can be done meanwhile.
func (m *model) drainTail(width int) []string {
	text := cells.Short(max(m.now.Sub(m.hub.Since), 0))
	if m.hub.Drain > 0 {
		text += " of at most " + cells.Short(m.hub.Drain)
	}
	text += "; then what is still open is cut."
	switch m.then {
	case dialogs.ThenRestart:
		text += " It starts again afterwards."
	case dialogs.ThenReseed:
		text += " It is reseeded afterwards."
	case dialogs.ThenQuit:
		text += " This screen closes afterwards."
	case dialogs.ThenNothing:
	}
	if m.situation().CanForce() {
		text += " S does not wait."
	}
	var out []string
	for _, s := range cells.Wrap(text+" Esc hides this.", width) {
		out = append(out, m.theme.Dim.Paint(s))
	}
	return out
}
