package tui

import (
	"errors"
	"path/filepath"
	"strconv"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/hubstate"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
)

// askStop asks to stop politely, or what to do about the wait that is under way.
func (m *model) askStop() tea.Cmd {
	if m.wait != nil {
		return m.open(dialogs.Wait(m.question(m.wait.then), m.wait.then.String()))
	}
	return m.open(dialogs.Stop(m.question(dialogs.ThenNothing)))
}

func (m *model) askForce(then dialogs.AfterStop) tea.Cmd {
	return m.open(dialogs.Force(m.question(then)))
}

// askReseed needs somebody who can do it.
func (m *model) askReseed() tea.Cmd {
	return m.open(dialogs.Reseed(m.question(dialogs.ThenReseed), !m.hub.Ended()))
}

// answer obeys a key of the open dialog.
func (m *model) answer(k tea.KeyPressMsg) tea.Cmd {
	d := m.dialog
	a, ok := d.Answer(k)
	switch {
	case !ok:
		return nil
	case a == dialogs.AnswerPatch:
		return m.writePatches()
	case a == dialogs.AnswerCopy:
		return m.copyText(d.Command)
	}
	m.closeDialog()
	switch a {
	case dialogs.AnswerWait:
		return m.awaitSlots(d.Then)
	case dialogs.AnswerStop:
		return m.stop(false, d.Then)
	case dialogs.AnswerForce:
		return m.askForce(d.Then)
	case dialogs.AnswerCut:
		return m.stop(true, d.Then)
	case dialogs.AnswerBackground:
		return m.background(d.Then)
	case dialogs.AnswerReseed:
		return m.reseed()
	case dialogs.AnswerGiveUp:
		m.giveUp()
	case dialogs.AnswerBringBack:
		return m.bringBack(d.Copy)
	case dialogs.AnswerNothing, dialogs.AnswerPatch, dialogs.AnswerCopy:
	}
	return nil
}

// stop begins to end the hub.
func (m *model) stop(force bool, then dialogs.AfterStop) tea.Cmd {
	if m.session.Hub == nil {
		return nil
	}
	m.then = then
	m.drain()
	comesBack := then == dialogs.ThenRestart || then == dialogs.ThenReseed
	if comesBack && !m.hub.Owned && m.cfg.Replace != nil {
		m.handOver = true // the end of the old hub is told by the answer
		return tea.Batch(m.fx.replace(m.gen, force, then == dialogs.ThenReseed), m.tick())
	}
	if !m.hub.Owned && comesBack {
		then = dialogs.ThenNothing // it cannot leave the workspace to this process
	}
	return tea.Batch(m.fx.stop(m.gen, m.session.Hub, force, then), m.tick())
}

// replaced takes the outcome of having another process's hub replaced.
func (m *model) replaced(msg replacedMsg) tea.Cmd {
	if msg.gen != m.gen {
		return nil
	}
	m.handOver = false
	var refused *hub.ActiveSlotsError
	switch {
	case errors.As(msg.err, &refused):
		m.hub.Enter(hubstate.Ready, msg.now)
		return m.refused(refused.Slots)
	case msg.err != nil:
		m.hub.Enter(hubstate.Ready, msg.now)
		m.then, m.wait = dialogs.ThenNothing, nil
		return tea.Batch(m.failed("The hub was not replaced", msg.err), m.sample(), m.fx.waitDone(m.gen, m.session.Hub))
	}
	if m.then == dialogs.ThenQuit {
		m.ending = Outcome{Ending: EndedDetached, PID: msg.done.PID}
		return tea.Quit
	}
	m.then, m.wait = dialogs.ThenNothing, nil
	cmd := m.connect()
	text := "the hub runs in process " + strconv.Itoa(msg.done.PID) + " now"
	if msg.done.Reseeded != nil {
		text += ", on " + freshRepository(*msg.done.Reseeded)
	}
	m.notice.Say(text)
	return cmd
}

// drain shows what is being let go of, step by step.
func (m *model) drain() {
	m.hidden, m.report = false, nil
	m.hub.Enter(hubstate.Draining, m.now)
}

// stopped takes the answer to a stop: done, refused, or failed.
func (m *model) stopped(msg stoppedMsg) tea.Cmd {
	var refused *hub.ActiveSlotsError
	switch {
	case msg.gen != m.gen || m.hub.Ended():
		return nil
	case errors.As(msg.err, &refused):
		m.hub.Enter(hubstate.Ready, msg.now)
		return m.refused(refused.Slots)
	case msg.err != nil && !msg.done:
		m.hub.Enter(hubstate.Ready, msg.now)
		m.then, m.wait = dialogs.ThenNothing, nil
		return m.failed("The stop failed", msg.err)
	}
	m.hub.Gone(msg.err, msg.now)
	return m.ended()
}

// refused goes on waiting, or asks what to do about slots that only the hub sees.
func (m *model) refused(live []slots.Slot) tea.Cmd {
	then := m.then
	m.then = dialogs.ThenNothing
	if m.wait != nil {
		m.wait.refused(live, m.now)
		return nil
	}
	q := m.question(then)
	q.Live = live
	switch then {
	case dialogs.ThenRestart:
		return m.open(dialogs.Restart(q))
	case dialogs.ThenReseed:
		return m.open(dialogs.Reseed(q, true))
	case dialogs.ThenNothing, dialogs.ThenQuit:
	}
	return m.open(dialogs.Stop(q))
}

// hubGone takes the end of the hub, which the answer to a stop may have told already.
func (m *model) hubGone(msg hubGoneMsg) tea.Cmd {
	if msg.gen != m.gen || m.handOver || m.hub.Ended() {
		return nil
	}
	if errors.Is(msg.err, hub.ErrMoved) {
		return m.moved()
	}
	m.hub.Gone(msg.err, msg.now)
	return m.ended()
}

// moved goes on with the process that runs the hub now.
func (m *model) moved() tea.Cmd {
	text := "another process runs the hub now"
	if m.wait != nil {
		text += "; no longer waiting to stop it"
	}
	m.then = dialogs.ThenNothing
	cmd := m.connect()
	m.notice.Say(text)
	return cmd
}

// ended shows that there is no hub any more, or goes on with what was to follow.
func (m *model) ended() tea.Cmd {
	m.ending = Outcome{Ending: EndedFailed, Err: m.hub.Cause}
	if m.hub.Life == hubstate.Stopped {
		m.ending.Ending = EndedStopped
	}
	then := m.then
	m.then, m.wait = dialogs.ThenNothing, nil
	m.slots.SetSource(false, "", m.now)
	m.showHub()
	m.renewNews()
	m.renewCopies()
	switch {
	case then == dialogs.ThenQuit:
		m.then = then // whatever else comes
		return tea.Quit
	case then == dialogs.ThenRestart && m.hub.Life == hubstate.Stopped:
		return m.connect()
	case then == dialogs.ThenReseed && m.hub.Life == hubstate.Stopped:
		return m.reseed()
	}
	m.slots.SetBanner(hubstate.Banner(m.theme, &m.hub, m.cfg.ReadOnly))
	again := m.fx.waitHub(m.gen)
	if m.hub.Life == hubstate.Stopped {
		return again
	}
	return tea.Batch(m.failed("", nil), again)
}

// hubCame goes on with a hub that somebody else has brought up: its keeper, another
// dashboard, an agent.
func (m *model) hubCame(msg hubCameMsg) tea.Cmd {
	if msg.gen != m.gen || !m.hub.Ended() || m.reseeding || m.handOver {
		return nil
	}
	text := "a hub runs again"
	if m.hub.Life == hubstate.Failed && m.hub.Cause != nil {
		text = "the hub failed (" + notice.Cause(m.hub.Cause) + ") and runs again"
	}
	cmd := m.connect()
	m.notice.Say(text + ", in process " + strconv.Itoa(msg.pid))
	return cmd
}

// reseed makes a fresh repository, with the hub down.
func (m *model) reseed() tea.Cmd {
	if m.cfg.Reseed == nil || !m.hub.Ended() || m.reseeding {
		return nil
	}
	m.reseeding = true
	m.report = nil
	return m.fx.reseed(m.gen)
}

func (m *model) reseeded(msg reseededMsg) tea.Cmd {
	m.reseeding = false
	if msg.err != nil {
		m.slots.SetBanner(hubstate.Banner(m.theme, &m.hub, m.cfg.ReadOnly))
		return m.failed("The reseed failed; nothing has changed", msg.err)
	}
	cmd := m.connect()
	m.notice.Say(freshRepository(msg.done))
	return cmd
}

// freshRepository says what a reseed has made, and where the old repository is.
func freshRepository(done hub.Reseeded) string {
	text := "a fresh repository of " + cells.Plural(int64(done.Files), "file", "files")
	if done.Archive != "" {
		text += "; the old one is " + filepath.Base(done.Archive) + ", with " + cells.Plural(done.Unapplied, "check-in", "check-ins") + " that git has not"
	}
	return text
}
