package tui

import (
	"errors"
	"time"

	"bones-tui/tui/internal/hubstate"

	tea "charm.land/bubbletea/v2"
)

func (m *model) resized(msg tea.WindowSizeMsg) tea.Cmd {
	m.w, m.h = msg.Width, msg.Height
	m.resizes++
	n := m.resizes
	return m.fx.After(settle, func() tea.Msg { return settledMsg{n} })
}

// repaint draws every cell anew.
func (m *model) repaint() tea.Cmd {
	return tea.Sequence(tea.Raw(resetScrollRegion), tea.ClearScreen)
}

// interval is when the next look at the clock is due.
func (m *model) interval() time.Duration {
	switch {
	case m.hub.Life == hubstate.Starting || m.hub.Life == hubstate.Draining:
		return fastTick
	case m.blurred:
		return m.cfg.Settings.Rates.Blurred
	default:
		return m.cfg.Settings.Rates.Sample
	}
}

// tick sets the clock going, in place of the one that may run at another pace.
func (m *model) tick() tea.Cmd {
	m.ticks++
	return m.fx.tick(m.ticks, m.interval())
}

func (m *model) clock(msg clockMsg) tea.Cmd {
	if msg.id != m.ticks {
		return nil
	}
	now := msg.now
	m.now = now
	m.notice.SetTime(now)
	m.slots.SetTime(now)
	m.log.SetTime(now)
	m.refreshDetail()
	m.news.Due = true
	return tea.Batch(m.sample(), m.tick(), m.keepMemory(), m.watch(), m.waited())
}

// connect makes a new generation.
func (m *model) connect() tea.Cmd {
	m.gen++
	m.session = Session{}
	m.sampling = false
	m.hub = hubstate.State{Since: m.now, Drain: m.cfg.DrainTimeout}
	m.slots.SetBanner(nil)
	m.report, m.wait = nil, nil
	m.renewNews()
	m.renewCopies()
	m.showHub()
	return tea.Batch(m.fx.connect(m.gen), m.tick())
}

func (m *model) connected(msg connectedMsg) tea.Cmd {
	switch {
	case msg.gen != m.gen:
		return nil
	case m.gen == 1 && errors.As(msg.err, new(*RefusedError)):
		m.ending = Outcome{Ending: EndedRefused, Err: msg.err}
		return tea.Quit
	case msg.err != nil:
		m.hub.Owned = true
		m.hub.Gone(msg.err, m.now)
		m.news.SetSource(nil)
		return m.ended()
	}
	m.session = msg.session
	m.hub.Owned = msg.session.Owned
	m.news.SetSource(msg.session.Activity)
	cmds := []tea.Cmd{m.sample(), m.fx.waitDone(m.gen, m.session.Hub)}
	if m.session.Slots != nil {
		cmds = append(cmds, m.fx.waitSlots(m.gen, m.session.Slots))
	}
	return tea.Batch(cmds...)
}

// sample asks for a status unless one is being asked for.
func (m *model) sample() tea.Cmd {
	if m.session.Hub == nil || m.sampling || m.hub.Ended() {
		return nil
	}
	m.sampling = true
	return m.fx.sample(m.gen, m.session)
}

func (m *model) sampled(msg statusMsg) {
	if msg.gen != m.gen {
		return
	}
	m.sampling = false
	m.hub.Observe(msg.status, msg.err, msg.now)
	m.news.Due = m.news.Due || m.news.Checked.IsZero()
	m.slots.SetSource(msg.err == nil && msg.slots == "" && !m.hub.Ended(), msg.slots, msg.now)
	m.showHub()
}

// showHub tells every pane what is known of the hub now.
func (m *model) showHub() {
	m.alarms.LookAtHub(&m.hub, m.theme, m.now)
	m.nats.SetHub(&m.hub)
	m.fossil.SetHub(&m.hub)
	m.checkDialog()
}

// checkDialog voids a question whose answer would hit something else by now.
func (m *model) checkDialog() {
	if m.dialog != nil {
		m.dialog.Check(m.target(), m.live())
	}
}

func (m *model) slotsChanged(msg slotsMsg) tea.Cmd {
	if msg.gen != m.gen || m.session.Slots == nil {
		return nil
	}
	if msg.err != nil {
		m.slots.SetProblem(msg.err)
		return nil
	}
	m.slots.SetSlots(msg.slots, m.now)
	m.checkDialog()
	return tea.Batch(m.fx.waitSlots(m.gen, m.session.Slots), m.waited())
}

// resetScrollRegion undoes a scroll region of an older size, which the renderer
// may set after the terminal has grown; a clear alone keeps it.
const resetScrollRegion = "\x1b[r"

// Intervals of the clock while something is being brought up or let go, and after
// the last resize.
const (
	fastTick = 100 * time.Millisecond
	settle   = 400 * time.Millisecond
)
