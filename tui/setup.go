package tui

import (
	"cmp"

	"charm.land/bubbles/v2/help"

	"bones-tui/tui/internal/alarms"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/input"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logpane"
	"bones-tui/tui/internal/memory"
	"bones-tui/tui/internal/newspane"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/cells"
)

func newModel(c Config, fx *effects) *model {
	m := &model{
		cfg: c, fx: fx, keys: keyMapOf(c.Settings), help: help.New(),
		name: cells.Clean(c.Name), root: cells.Clean(cells.HomePath(c.Root, c.Home)), focus: layout.Log, input: input.NewFilter(),
	}
	m.now = c.Now()
	m.notice.SetTime(m.now)
	m.hub = hubstate.State{Since: m.now, Drain: c.DrainTimeout}
	m.slots.Host, m.news = c.Host, newspane.New()
	m.mouse = c.Settings.Mouse
	m.help.Styles = helpStyles()
	m.setTheme(true)
	m.details = details.NewStack(fx.Runner, c.Now)
	m.alarms = alarms.New(&m.notice, alarms.Limits{Errors: c.Settings.Alarms.Errors, Disk: c.Settings.Alarms.Disk})
	m.log = logpane.New(fx.logs, &m.notice)
	m.log.SetFilter(nil, false)
	m.arrange()
	return m
}

// openModel is the model with what is kept of the workspace's screen.
func openModel(fx *effects) *model {
	m := newModel(fx.cfg, fx)
	m.recall(memory.Read(fx.cfg.StateFile))
	return m
}

// Init draws at once; everything else follows.
func (m *model) Init() tea.Cmd {
	return tea.Batch(
		tea.RequestBackgroundColor,
		m.connect(),
		m.fx.waitSignal(),
		m.fx.waitErrors(0, -1),
		m.log.Open(),
	)
}

func (m *model) setTheme(dark bool) {
	switch m.cfg.Settings.Theme.Background {
	case "dark":
		dark = true
	case "light":
		dark = false
	}
	m.theme = cells.NewTheme(dark, m.cfg.ASCII, m.cfg.Settings.Theme.colors())
}

// outcome is how the program ended, as far as the model knows.
func (m *model) outcome() Outcome {
	o := m.ending
	o.PID, o.Patch = cmp.Or(o.PID, m.hub.Status.PID), m.patch
	return o
}
