package tui

import (
	tea "charm.land/bubbletea/v2"
)

// target is the hub as a dialog freezes it.
func (m *model) target() target {
	return target{
		gen: m.gen, name: m.name.String(), pid: m.hub.status.PID,
		owned: m.hub.owned, started: m.hub.status.StartedAt.In(m.now.Location()),
	}
}

// open shows a dialog, in place of the one that may be open.
func (m *model) open(d *dialog) tea.Cmd {
	m.dialogs++
	d.id = m.dialogs
	m.dialog = d
	m.mode = next(m.mode, eventDialog)
	return m.fx.after(dialogGrace, func() tea.Msg { return dialogArmedMsg{d.id} })
}

func (m *model) armDialog(id int) {
	if m.dialog != nil && m.dialog.id == id {
		m.dialog.armed = true
	}
}

func (m *model) closeDialog() {
	m.dialog = nil
	m.mode = next(m.mode, eventClose)
}

// answer obeys a key of the open dialog.
func (m *model) answer(k tea.KeyPressMsg) tea.Cmd {
	d := m.dialog
	a, ok := d.Answer(k)
	if !ok {
		return nil
	}
	if a == answerWait {
		d.Wait()
		d.SetSlots(m.live())
		return m.waited()
	}
	m.closeDialog()
	if d.thenQuit && a != answerCancel {
		m.leaving = quitting
	}
	switch a {
	case answerStop:
		return m.stop(false)
	case answerForce:
		return m.askForce(d.thenQuit)
	case answerCut:
		return m.stop(true)
	case answerBackground:
		return m.background()
	case answerCancel, answerWait:
	}
	return nil
}

// waited stops politely once a waiting dialog has no slot left.
func (m *model) waited() tea.Cmd {
	d := m.dialog
	if d == nil || !d.waiting {
		return nil
	}
	d.SetSlots(m.live())
	if len(d.slots) > 0 {
		return nil
	}
	m.closeDialog()
	if d.thenQuit {
		m.leaving = quitting
	}
	return m.stop(false)
}

func (m *model) askForce(thenQuit bool) tea.Cmd {
	m.leaving = staying
	return m.open(forceDialog(m.target(), m.live(), m.hub.status.Fossil.Unapplied, thenQuit))
}

// stop begins to end the hub.
func (m *model) stop(force bool) tea.Cmd {
	if m.session.Hub == nil {
		return nil
	}
	m.hub.enter(lifeDraining, m.now)
	return tea.Batch(m.fx.stop(m.gen, m.session.Hub, force), m.tick())
}

// askQuit leaves a hub that is not ours, or none, at once.
func (m *model) askQuit() tea.Cmd {
	switch {
	case !m.hub.owned || m.hub.ended():
		return m.leave()
	case m.hub.life == lifeDraining:
		m.leaving = quitting
		m.say("quitting as soon as the hub has stopped; S does not wait")
		return nil
	case m.cfg.ReadOnly:
		m.say("read-only: the hub runs in this program, so leaving would stop it")
		return nil
	case m.hub.life == lifeStarting:
		m.leaving = quitting
		return m.stop(false)
	default:
		return m.open(stopDialog(m.target(), m.live(), true, m.canHandOver()))
	}
}

// leave ends the program and leaves the hub as it is.
func (m *model) leave() tea.Cmd {
	if !m.hub.ended() {
		m.ending = Outcome{Ending: EndedDetached}
	}
	return tea.Quit
}

func (m *model) canHandOver() bool { return m.cfg.Background != nil && m.hub.owned }

// background hands the hub over and quits.
func (m *model) background() tea.Cmd {
	m.handOver, m.leaving = true, quitting
	m.say("handing the hub over to a process in the background")
	return m.fx.handOver()
}
