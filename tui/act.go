package tui

import (
	"strings"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/scroll"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/keymap"
)

func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	if m.mode == modeDialog {
		return m.answer(k)
	}
	a := m.keys.Lookup(k, m.situation())
	if a == keymap.None {
		return m.text(k)
	}
	return m.do(a)
}

// text is a key or a paste that is no command: it goes into an input, if one is
// open, and nowhere else.
func (m *model) text(msg tea.Msg) tea.Cmd {
	switch m.mode {
	case modeFilter:
		return m.typed(msg)
	case modePicker:
		m.picker.Type(msg)
	case modeNormal, modeDialog, modeHelp, modeDetail, modeFacets, modeCount:
	}
	return nil
}

// do obeys an action: each is one call.
func (m *model) do(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Stop:
		return m.askStop()
	case keymap.Force:
		return m.askForce(dialogs.ThenNothing)
	case keymap.Start:
		return m.connect()
	case keymap.Restart:
		return m.open(dialogs.Restart(m.question(dialogs.ThenRestart)))
	case keymap.HandOver:
		return m.open(dialogs.HandOver(m.question(dialogs.ThenNothing)))
	case keymap.Reseed:
		return m.askReseed()
	case keymap.Recover, keymap.BringBack, keymap.CopyPatch, keymap.CopyFiles:
		return m.doRecover(a)
	case keymap.Quit:
		return m.askQuit()
	case keymap.Suspend:
		return m.suspend()
	case keymap.Sample:
		return m.sample()
	case keymap.Repaint:
		return m.repaint()
	case keymap.Back:
		return m.back()
	case keymap.Open:
		return m.openDetail()
	case keymap.Copy, keymap.CopyRaw:
		return m.copyOut(a == keymap.CopyRaw)
	case keymap.Sibling:
		m.details.OpenSibling()
		return nil
	case keymap.Findings:
		return m.openFindings()
	case keymap.Activity:
		return m.openActivity()
	case keymap.Dismiss:
		return m.dismiss()
	case keymap.Palette:
		return m.openPalette()
	case keymap.Alarms:
		return m.openAlarms()
	case keymap.Accept, keymap.Forget, keymap.Cancel, keymap.Complete, keymap.Older, keymap.Newer:
		return m.doInput(a)
	default:
		return m.doLog(a)
	}
}

// doInput obeys the actions of whatever is being typed into.
func (m *model) doInput(a keymap.Action) tea.Cmd {
	switch {
	case m.mode == modePicker && a == keymap.Accept:
		return m.choose()
	case a == keymap.Forget:
		return m.forget()
	case m.mode == modePicker:
		m.picker = nil
		m.close()
		return nil
	case a == keymap.Accept:
		return m.acceptFilter()
	case a == keymap.Cancel:
		return m.cancelFilter()
	case a == keymap.Complete:
		m.input.Complete(m.values())
	case a == keymap.Older:
		m.input.Recall(-1)
	case a == keymap.Newer:
		m.input.Recall(1)
	}
	return m.tryFilter()
}

// doLog obeys the actions that read the log.
func (m *model) doLog(a keymap.Action) tea.Cmd {
	if m.mode == modeFacets && a != keymap.Back {
		return m.log.ActInFacets(a)
	}
	switch a {
	case keymap.Filter:
		return m.openFilter()
	case keymap.Exclude, keymap.Include:
		if p := m.log.FieldPicker(a == keymap.Exclude); p != nil {
			return m.openPicker(p)
		}
		return nil
	case keymap.Saved:
		return m.fx.readFilters()
	case keymap.Keep:
		return m.nameFilter()
	case keymap.Facets:
		m.focus = layout.Log
		m.mode = next(m.mode, eventFacets)
		return m.log.OpenFacets()
	default:
		if cmd, ok := m.log.Do(a); ok {
			return cmd
		}
		m.show(a)
		return nil
	}
}

// show obeys the actions that change only what is shown.
func (m *model) show(a keymap.Action) {
	switch a {
	case keymap.Help:
		m.helpRows = scroll.List{}
		m.mode = next(m.mode, eventHelp)
	case keymap.Mouse:
		m.toggleMouse()
	case keymap.Zoom:
		m.zoomed = !m.zoomed
	case keymap.NextPane:
		m.focus = m.neighbour(1)
	case keymap.PrevPane:
		m.focus = m.neighbour(-1)
	case keymap.Pane1, keymap.Pane2, keymap.Pane3, keymap.Pane4, keymap.Pane5:
		m.focus = layout.Pane(a - keymap.Pane1)
	default:
		m.actInPane(a)
	}
}

func (m *model) actInPane(a keymap.Action) {
	switch {
	case m.mode == modeDetail:
		m.details.Shown().Act(a)
		if order := m.details.Shown().Ordered(m.theme); (a == keymap.Sort || a == keymap.Reverse) && !m.details.Shown().Tells(m.theme, m.w, order) {
			m.notice.Say(order)
		}
	case m.mode == modeHelp:
		m.helpRows.Scroll(a)
	case m.mode == modePicker:
		m.picker.List.Act(a)
	case m.focus == layout.Slots:
		m.slots.Act(a)
		if order := "sort: " + m.slots.Order.String(m.theme); (a == keymap.Sort || a == keymap.Reverse) && !strings.Contains(m.slots.Heading(m.theme, m.now), order) {
			m.notice.Say(order) // the heading has no room for it
		}
	case m.focus == layout.Log:
		m.log.Act(a)
	case m.focus == layout.News:
		m.news.Act(a)
	}
}

// neighbour is the next or the previous of the panes that there are.
func (m *model) neighbour(by int) layout.Pane {
	n := int(m.layout.Panes())
	return layout.Pane((int(m.focus) + by + n) % n)
}

// back is one step: close, dismiss, unzoom, clear.
func (m *model) back() tea.Cmd {
	switch {
	case m.mode == modeDetail && m.details.Shown().Filter.String() != "":
		m.details.Shown().SetFilter(nil)
	case m.mode == modeDetail:
		m.backFromDetail()
	case m.mode == modeHelp || m.mode == modeFacets:
		m.log.CloseFacets()
		m.close()
	case m.report != nil:
		m.report = nil
	case m.overlaid():
		m.hidden = true
	case m.notice.Failed():
		m.notice.Dismiss()
	case m.zoomed:
		m.zoomed = false
	case m.log.Around && m.focus == layout.Log:
		return m.log.ShowAround()
	case m.filter().String() != "":
		return m.setFilterOf(m.focus, nil)
	case m.wait != nil:
		m.giveUp()
	}
	return nil
}

// suspend would freeze a hub of our own, and every agent with it.
func (m *model) suspend() tea.Cmd {
	if m.hub.Owned && !m.hub.Ended() {
		m.notice.Say("not suspended: the hub runs in this program, and every agent would freeze with it")
		return nil
	}
	return tea.Suspend
}

// choose obeys what was picked.
func (m *model) choose() tea.Cmd {
	p, ok := m.picker.Chosen()
	it, _ := m.picker.Item()
	m.picker = nil
	m.close()
	switch {
	case !ok:
		return nil
	case p.Name != "":
		return m.fx.keepFilter(SavedFilter{Name: p.Name, Filter: m.log.Filter.String()})
	case p.Filter != nil:
		return m.setFilter(p.Filter)
	case !m.keys.Offers(p.Act, m.situation()): // the hub has changed under the list
		m.notice.Say("not possible any more: " + it.Text)
		return nil
	default:
		return m.do(p.Act)
	}
}
