package tui

import (
	"syscall"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/hubstate"

	tea "charm.land/bubbletea/v2"
)

// askQuit leaves a hub that is not ours, or none, at once.
func (m *model) askQuit() tea.Cmd {
	switch {
	case m.handOver && !m.hub.Owned && m.then != dialogs.ThenQuit: // leaving now would leave open what becomes of it
		m.then = dialogs.ThenQuit
		m.notice.Say("leaving as soon as the hub is replaced; q again does not wait")
		return nil
	case m.handOver && !m.hub.Owned:
		m.ending = Outcome{Ending: EndedUnknown}
		return tea.Quit
	case !m.hub.Owned || m.hub.Ended():
		return m.leave()
	case m.hub.Life == hubstate.Draining:
		m.then = dialogs.ThenQuit
		m.notice.Say("quitting as soon as the hub has stopped; S does not wait")
		return nil
	case m.cfg.ReadOnly:
		m.notice.Say("read-only: the hub runs in this program, so leaving would stop it")
		return nil
	case m.hub.Life == hubstate.Starting:
		return m.stop(false, dialogs.ThenQuit)
	default:
		return m.open(dialogs.Stop(m.question(dialogs.ThenQuit)))
	}
}

// leave ends the program and leaves the hub as it is.
func (m *model) leave() tea.Cmd {
	if !m.hub.Ended() {
		m.ending = Outcome{Ending: EndedDetached}
	}
	return tea.Quit
}

// background hands the hub over, then quits or attaches to where it runs.
func (m *model) background(then dialogs.AfterStop) tea.Cmd {
	m.handOver, m.then, m.wait = true, then, nil
	m.drain()
	m.notice.Say("handing the hub over to a process in the background")
	return tea.Batch(m.fx.handOver(m.gen), m.tick())
}

func (m *model) handedOver(msg handedOverMsg) tea.Cmd {
	if msg.gen != m.gen {
		return nil
	}
	quit := m.then == dialogs.ThenQuit
	m.handOver = quit && msg.err == nil // the end of our own hub may be told after this
	m.then = dialogs.ThenNothing
	switch {
	case msg.err != nil:
		// The hub may have drained all the same; its end says so then.
		m.hub.Enter(hubstate.Ready, m.now)
		return tea.Batch(m.failed("The hub was not handed over", msg.err), m.sample(), m.fx.waitDone(m.gen, m.session.Hub))
	case quit:
		m.ending = Outcome{Ending: EndedBackground}
		return tea.Quit
	}
	cmd := m.connect()
	m.notice.Say("the hub runs in the background now; q leaves this screen and nothing else")
	return cmd
}

// signalled leaves: from another's hub at once, from our own after the drain. A
// hang-up with agents at work hands the hub over. A second signal cuts.
func (m *model) signalled(msg signalMsg) tea.Cmd {
	m.signals++
	m.then = dialogs.ThenQuit
	switch {
	case m.session.Hub == nil || m.hub.Ended() || !m.session.Owned:
		return m.leave()
	case m.signals > 1:
		return m.stop(true, dialogs.ThenQuit)
	case msg.signal == syscall.SIGHUP && len(m.live()) > 0 && m.cfg.Background != nil:
		return m.background(dialogs.ThenQuit)
	default:
		m.drain()
		return tea.Batch(m.fx.drain(m.gen, m.session), m.tick())
	}
}
