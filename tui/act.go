package tui

import (
	"slices"
	"strings"

	"bones-tui/tui/internal/cells"

	tea "charm.land/bubbletea/v2"
)

// situation is what decides which keys are valid now.
func (m *model) situation() situation {
	s := situation{
		down: m.hub.ended(), draining: m.hub.life == lifeDraining, steady: m.hub.life == lifeReady || m.hub.life == lifeDegraded,
		owned: m.hub.owned, readOnly: m.cfg.ReadOnly, zoomed: m.zoomed,
		failed: m.notice.failed, filtered: m.filter().String() != "", single: m.layout.shape == shapeSingle,
		slots: len(m.slots.rows) > 0, news: m.layout.news(),
		curtained: m.curtained(), waiting: m.wait != nil, busy: m.reseeding || m.handOver || m.rescuing != "",
		handOver: m.canHandOver(), canReseed: m.cfg.Reseed != nil, canRecover: m.cfg.Recovery != nil,
		paused: !m.log.window.follow, marking: m.log.highlight, canSave: m.cfg.SaveDir != "", told: m.session.Activity != nil,
		around: m.log.around && m.focus == paneLog, folded: m.log.folded(), forgets: m.picker != nil && m.picker.forgets(),
	}
	if d := m.detail; d != nil {
		s.findings = d.findings
		_, s.copies = d.src.(copiesView)
		if c := m.chosenCopy(); c != nil {
			s.saved, s.savedTree = c.Total > 0 || len(c.Notes) > 0, c.Kind == "worktree"
		}
		_, s.tabbed = d.src.(tabbed)
		r := d.Chosen()
		s.canOpen = r != nil && r.open != nil
		s.copyable = d.copied(false) != ""
		_, s.dismissable = m.dismissable()
		s.list, s.sorted = d.listed(), d.column > 0
		s.sortable = s.list && slices.ContainsFunc(d.view.columns, func(c cells.Column) bool { return c.Title != "" })
	}
	switch m.mode {
	case modeFilter:
		s.at = inFilter
		s.older, s.newer = m.input.Reach()
	case modeHelp:
		s.at = inHelp
		s.above, s.below = m.helpRows.hidden()
	case modeDetail:
		s.at = inDetail
	case modePicker:
		s.at = inPicker
		s.above, s.below = m.picker.list.around()
	case modeFacets:
		s.at = inFacets
		_, _, s.chosen = m.facets.Chosen()
		s.undoable = len(m.facets.past) > 0
	case modeNormal:
		s.at = m.focus.scope()
	case modeDialog, modeCount:
	}
	return s
}

func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	if m.mode == modeDialog {
		return m.answer(k)
	}
	a := m.keys.lookup(k, m.situation())
	if a == actNone {
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
func (m *model) do(a action) tea.Cmd {
	switch a {
	case actStop:
		return m.askStop()
	case actForce:
		return m.askForce(sequelNone)
	case actStart:
		return m.connect()
	case actRestart:
		return m.open(restartDialog(m.question(sequelRestart)))
	case actHandOver:
		return m.open(handOverDialog(m.question(sequelNone)))
	case actReseed:
		return m.askReseed()
	case actRecover, actBringBack, actCopyPatch, actCopyFiles:
		return m.doRecover(a)
	case actQuit:
		return m.askQuit()
	case actSuspend:
		return m.suspend()
	case actSample:
		return m.sample()
	case actRepaint:
		return m.repaint()
	case actBack:
		return m.back()
	case actOpen:
		return m.openDetail()
	case actCopy, actCopyRaw:
		return m.copyOut(a == actCopyRaw)
	case actSibling:
		return m.openSibling()
	case actFindings:
		return m.openFindings()
	case actActivity:
		return m.openActivity()
	case actDismiss:
		return m.dismiss()
	case actPalette:
		return m.openPalette()
	case actAlarms:
		return m.openAlarms()
	case actAccept, actForget, actCancel, actComplete, actOlder, actNewer:
		return m.doInput(a)
	default:
		return m.doLog(a)
	}
}

// doInput obeys the actions of whatever is being typed into.
func (m *model) doInput(a action) tea.Cmd {
	switch {
	case m.mode == modePicker && a == actAccept:
		return m.choose()
	case a == actForget:
		return m.forget()
	case m.mode == modePicker:
		m.picker = nil
		m.close()
		return nil
	case a == actAccept:
		return m.acceptFilter()
	case a == actCancel:
		return m.cancelFilter()
	case a == actComplete:
		m.input.Complete(m.values())
	case a == actOlder:
		m.input.Recall(-1)
	case a == actNewer:
		m.input.Recall(1)
	}
	return m.tryFilter()
}

// doLog obeys the actions that read the log.
func (m *model) doLog(a action) tea.Cmd {
	if m.mode == modeFacets && a != actBack {
		return m.actInFacets(a)
	}
	switch a {
	case actFilter:
		return m.openFilter()
	case actLevel:
		return m.setFilter(nextLevel(m.log.filter))
	case actEvent:
		return m.setFilter(nextEvent(m.log.filter))
	case actHighlight:
		return m.highlight()
	case actNextError, actPrevError:
		return m.seekError(a == actNextError)
	case actNextMatch, actPrevMatch:
		return m.seekMatch(a == actNextMatch)
	case actNextMark:
		return m.nextMark()
	case actExclude, actInclude:
		return m.pickField(a == actExclude)
	case actSave:
		return m.fx.save(m.log.filter)
	case actSaved:
		return m.fx.readFilters()
	case actKeep:
		return m.nameFilter()
	case actAround:
		return m.showAround()
	case actUnfold:
		return m.unfold()
	case actFacets:
		return m.openFacets()
	case actHistogram:
		return m.toggleHistogram()
	default:
		m.show(a)
		return nil
	}
}

// show obeys the actions that change only what is shown.
func (m *model) show(a action) {
	switch a {
	case actHelp:
		m.helpRows = list{}
		m.mode = next(m.mode, eventHelp)
	case actMouse:
		m.toggleMouse()
	case actZoom:
		m.zoomed = !m.zoomed
	case actNextPane:
		m.focus = m.neighbour(1)
	case actPrevPane:
		m.focus = m.neighbour(-1)
	case actPane1, actPane2, actPane3, actPane4, actPane5:
		m.focus = paneID(a - actPane1)
	default:
		m.actInPane(a)
	}
}

func (m *model) actInPane(a action) {
	switch {
	case m.mode == modeDetail:
		m.detail.Act(a)
		if order := m.detail.ordered(m.theme); (a == actSort || a == actReverse) && !m.detail.tells(m.theme, m.w, order) {
			m.say(order)
		}
	case m.mode == modeHelp:
		m.helpRows.scroll(a)
	case m.mode == modePicker:
		m.picker.list.act(a)
	case m.focus == paneSlots:
		m.slots.Act(a)
		if order := "sort: " + m.slots.order.String(m.theme); (a == actSort || a == actReverse) && !strings.Contains(m.slots.heading(m.theme, m.now), order) {
			m.say(order) // the heading has no room for it
		}
	case m.focus == paneLog:
		m.log.Act(a)
	case m.focus == paneNews:
		m.news.Act(a)
	}
}

// neighbour is the next or the previous of the panes that there are.
func (m *model) neighbour(by int) paneID {
	n := int(m.layout.count())
	return paneID((int(m.focus) + by + n) % n)
}

// back is one step: close, dismiss, unzoom, clear.
func (m *model) back() tea.Cmd {
	switch {
	case m.mode == modeDetail && m.detail.filter.String() != "":
		m.detail.SetFilter(nil)
	case m.mode == modeDetail:
		m.backFromDetail()
	case m.mode == modeHelp || m.mode == modeFacets:
		m.facets = nil
		m.close()
	case m.report != nil:
		m.report = nil
	case m.curtained():
		m.hidden = true
	case m.notice.failed:
		m.notice = notice{}
	case m.zoomed:
		m.zoomed = false
	case m.log.around && m.focus == paneLog:
		return m.showAround()
	case m.filter().String() != "":
		return m.setFilterOf(m.focus, nil)
	case m.wait != nil:
		m.giveUp()
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
