package tui

import (
	tea "charm.land/bubbletea/v2"

	"bones-tui/slots"
)

// target is the hub as a dialog freezes it.
func (m *model) target() target {
	return target{
		gen: m.gen, name: m.name.String(), pid: m.hub.Status.PID, up: !m.hub.Ended(),
		owned: m.hub.Owned, started: m.hub.Status.StartedAt.In(m.now.Location()),
	}
}

// question is about the hub as it is now.
func (m *model) question(then afterStop) question {
	return question{
		target: m.target(), live: m.live(), unsaved: m.withUnsavedWork(), blind: m.blind(), unapplied: m.hub.Status.Fossil.Unapplied,
		then: then, handOver: m.canHandOver(), lost: m.hub.Status.Lost != "", saved: m.hub.Status.Saved, held: m.hub.Status.Unsaved, patches: m.cfg.Patch != nil,
		now: m.now, host: m.cfg.Host,
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
func (m *model) open(d *dialog) tea.Cmd {
	m.dialogs++
	d.id = m.dialogs
	m.dialog = d
	m.mode = next(m.mode, eventDialog)
	return m.fx.After(dialogGrace, func() tea.Msg { return dialogArmedMsg{d.id} })
}

func (m *model) armDialog(id int) {
	if m.dialog != nil && m.dialog.id == id {
		m.dialog.armed = true
	}
}

func (m *model) closeDialog() {
	m.dialog = nil
	m.close()
}
