package tui

import (
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/logpane"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/notice"
)

func (m *model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m.resized(msg)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.text(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case tea.BackgroundColorMsg:
		m.setTheme(msg.IsDark())
	case tea.FocusMsg:
		m.blurred = false
		return tea.Batch(m.sample(), m.tick())
	case tea.BlurMsg:
		m.blurred = true
	case tea.ResumeMsg:
		return m.repaint()
	case clockMsg:
		return m.clock(msg)
	case settledMsg:
		if msg.resize == m.resizes {
			return m.repaint()
		}
	case keptMsg:
		if msg.err != nil {
			m.notice.Say(notice.Cause(msg.err))
		}
	case details.ReadMsg:
		m.details.Update(msg)
	case checkedMsg:
		m.checkedUp(msg)
	case dialogArmedMsg:
		m.armDialog(msg.id)
	case patchedMsg:
		m.patched(msg)
	case rescuedMsg:
		return m.rescued(msg)
	default:
		return m.handleHub(msg)
	}
	return nil
}

// handleHub obeys what comes from the hub.
func (m *model) handleHub(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case connectedMsg:
		return m.connected(msg)
	case statusMsg:
		m.sampled(msg)
	case slotsMsg:
		return m.slotsChanged(msg)
	case newsMsg:
		m.newsRead(msg)
	case hubGoneMsg:
		return m.hubGone(msg)
	case hubCameMsg:
		return m.hubCame(msg)
	case stoppedMsg:
		return m.stopped(msg)
	case handedOverMsg:
		return m.handedOver(msg)
	case replacedMsg:
		return m.replaced(msg)
	case dismissedMsg:
		return m.dismissed(msg)
	case reseededMsg:
		return m.reseeded(msg)
	case wordsMsg:
		m.reported(msg)
	case signalMsg:
		return tea.Batch(m.signalled(msg), m.fx.waitSignal())
	default:
		return m.handleLog(msg)
	}
	return nil
}

// handleLog obeys the messages about the log.
func (m *model) handleLog(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case logpane.BatchMsg:
		return tea.Batch(m.log.Update(msg), m.refreshReport())
	case errorsMsg:
		return m.errorsCounted(msg)
	case diskMsg:
		m.alarms.SetDisk(msg.disk)
	case savedFiltersMsg:
		return m.savedFilters(msg)
	case keptFilterMsg:
		m.keptFilter(msg)
	case detailMsg:
		m.detailRead(msg)
	default:
		return m.log.Update(msg)
	}
	return nil
}

// Update obeys one message, then fetches what the log pane, the detail and the news now lack.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	m.arrange()
	return m, tea.Batch(cmd, m.log.Fetch(), m.details.Fetch(m.session.Inspector), m.fetchNews())
}
