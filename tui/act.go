package tui

import (
	tea "charm.land/bubbletea/v2"
)

// situation is what decides which keys are valid now.
func (m *model) situation() situation {
	s := situation{
		life: m.hub.life, owned: m.hub.owned, readOnly: m.cfg.ReadOnly, zoomed: m.zoomed,
		failed: m.notice.failed, filtered: m.log.Filtered(), single: m.layout.shape == shapeSingle,
		paused: !m.log.window.follow,
	}
	switch m.mode {
	case modeFilter:
		s.at = inFilter
	case modeHelp:
		s.at = inHelp
	case modeNormal:
		s.at = [...]scope{inNATS, inFossil, inSlots, inLog}[m.focus]
	case modeDialog, modeCount:
	}
	return s
}

func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	if m.mode == modeDialog {
		return m.answer(k)
	}
	a := m.keys.lookup(k, m.situation())
	if a == actNone && m.mode == modeFilter {
		return m.typed(k)
	}
	return m.do(a)
}

// paste goes into an input and nowhere else.
func (m *model) paste(p tea.PasteMsg) tea.Cmd {
	if m.mode == modeFilter {
		return m.typed(p)
	}
	return nil
}

// do obeys an action: each is one call.
func (m *model) do(a action) tea.Cmd {
	switch a {
	case actStop:
		return m.open(stopDialog(m.target(), m.live(), false, false))
	case actForce:
		return m.askForce(false)
	case actRestart:
		return m.connect()
	case actQuit:
		return m.askQuit()
	case actSuspend:
		return m.suspend()
	case actSample:
		return m.sample()
	case actRepaint:
		return m.repaint()
	case actFilter:
		return m.openFilter()
	case actAccept:
		return m.acceptFilter()
	case actCancel:
		return m.cancelFilter()
	case actBack:
		return m.back()
	case actLevel:
		return m.setFilter(nextLevel(m.log.filter))
	case actEvent:
		return m.setFilter(nextEvent(m.log.filter))
	default:
		m.show(a)
		return nil
	}
}

// show obeys the actions that change only what is shown.
func (m *model) show(a action) {
	switch a {
	case actHelp:
		m.mode = next(m.mode, eventHelp)
	case actZoom:
		m.zoomed = !m.zoomed
	case actNextPane:
		m.focus = (m.focus + 1) % paneCount
	case actPrevPane:
		m.focus = (m.focus + paneCount - 1) % paneCount
	case actPane1, actPane2, actPane3, actPane4:
		m.focus = paneID(a - actPane1)
	default:
		m.actInPane(a)
	}
}

func (m *model) actInPane(a action) {
	switch m.focus {
	case paneSlots:
		m.slots.Act(a)
	case paneLog:
		m.log.Act(a)
	case paneNATS, paneFossil, paneCount:
	}
}

// back is one step: close, dismiss, unzoom, clear.
func (m *model) back() tea.Cmd {
	switch {
	case m.mode == modeHelp:
		m.mode = next(m.mode, eventClose)
	case m.notice.failed:
		m.notice = notice{}
	case m.zoomed:
		m.zoomed = false
	case m.log.Filtered():
		return m.setFilter(nil)
	}
	return nil
}

// suspend would freeze a hub of our own, and every agent with it.
func (m *model) suspend() tea.Cmd {
	if m.hub.owned && !m.hub.ended() {
		m.say("not suspended: the hub runs in this program, and every agent would freeze with it")
		return nil
	}
	return tea.Suspend
}
