package tui

import (
	"bones-tui/tui/internal/dialogs"

	tea "charm.land/bubbletea/v2"

	"bones-tui/slots"
)

// target is the hub as a dialog freezes it.
func (m *model) target() dialogs.Target {
	return dialogs.Target{
		Generation: m.gen, Name: m.name.String(), PID: m.hub.Status.PID, Up: !m.hub.Ended(),
		Owned: m.hub.Owned, Started: m.hub.Status.StartedAt.In(m.now.Location()),
	}
}

// question is about the hub as it is now.
func (m *model) question(then dialogs.AfterStop) dialogs.Question {
	return dialogs.Question{
		Target: m.target(), Live: m.live(), Unsaved: m.withUnsavedWork(), Blind: m.blind(), Unapplied: m.hub.Status.Fossil.Unapplied,
		Then: then, HandOver: m.canHandOver(), Lost: m.hub.Status.Lost != "", Saved: m.hub.Status.Saved, Held: m.hub.Status.Unsaved, Patches: m.cfg.Patch != nil,
		Now: m.now, Host: m.cfg.Host,
	}
}

// live lists the slots that a stop would cut off.
func (m *model) live() []slots.Slot {
	var out []slots.Slot
	for i := range m.slots.All {
		if s := m.slots.All[i].Slot; s.Live(m.now, m.cfg.Host) {
			out = append(out, s)
		}
	}
	return out
}

// withUnsavedWork lists the other slots whose directories hold what is nowhere else.
func (m *model) withUnsavedWork() []slots.Slot {
	var out []slots.Slot
	for i := range m.slots.All {
		if s := m.slots.All[i].Slot; s.Work.AtRisk() && !s.Live(m.now, m.cfg.Host) {
			out = append(out, s)
		}
	}
	return out
}

// blind is why it cannot be told which slots are live, "" if it can.
func (m *model) blind() string {
	switch {
	case m.slots.Problem.Width() > 0:
		return m.slots.Problem.String()
	case !m.slots.Known:
		return "no snapshot of them has arrived"
	}
	return ""
}

// open shows a dialog, in place of the one that may be open.
func (m *model) open(d *dialogs.Dialog) tea.Cmd {
	m.dialogs++
	d.ID = m.dialogs
	m.dialog = d
	m.mode = next(m.mode, eventDialog)
	return m.fx.After(dialogs.Grace, func() tea.Msg { return dialogArmedMsg{d.ID} })
}

func (m *model) armDialog(id int) {
	if m.dialog != nil && m.dialog.ID == id {
		m.dialog.Armed = true
	}
}

func (m *model) closeDialog() {
	m.dialog = nil
	m.close()
}
