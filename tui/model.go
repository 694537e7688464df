package tui

import (
	"cmp"
	"time"

	"charm.land/bubbles/v2/help"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/logview/safe"
)

// Model is the root of the screen. It is the only tea.Model of the program.
type model struct {
	cfg       Config
	fx        *effects
	keys      keymap.Map
	help      help.Model
	helpRows  list // of the help that is open
	helpLines []string

	theme      *cells.Theme
	name, root safe.Text
	w, h       int
	resizes    int
	ticks      int
	now        time.Time
	blurred    bool

	mode   mode
	focus  paneID
	zoomed bool
	layout layout

	gen      int // of the session
	session  Session
	hub      hubState
	sampling bool

	nats   natsPane
	fossil fossilPane
	slots  slotsPane
	log    logPane
	news   newsPane
	feed   feed

	input   filterInput
	seen    logview.Values // in the newest part of the log
	dialog  *dialog
	dialogs int // counts everything that opens over the panes
	detail  *detail
	below   []*detail // to which back returns, one by one
	picker  *picker
	facets  *facetsView
	notice  notice
	alarms  alarmLog
	mouse   bool // clicks and the wheel are heard

	drawn drawn

	sequel    sequel   // to the end of the hub
	wait      *waiting // for slots, before a stop; nil: none
	report    *report  // of a failure, until it is dismissed
	hidden    bool     // the operator does not want to see the steps of the stop
	signals   int
	handOver  bool // under way
	reseeding bool
	rescuing  string // what is being had back from a copy; "" if nothing is

	patch  string // the command for what was written for git
	kept   string // the state as it was written last
	keeps  int    // counts the writings
	ending Outcome
}

// feed is the view of the log that the log pane shows.
type feed struct {
	id   int
	view logView
	progress
	keep *logview.Row // to be under the cursor once the view is open
}

func newModel(c Config, fx *effects) *model {
	m := &model{
		cfg: c, fx: fx, keys: keyMapOf(c.Settings), help: help.New(),
		name: cells.Clean(c.Name), root: cells.Clean(shortRoot(c.Root, c.Home)), focus: paneLog, input: newFilterInput(),
	}
	m.now = c.Now()
	m.hub = hubState{since: m.now, drain: c.DrainTimeout}
	m.slots.host, m.news = c.Host, newNewsPane()
	m.mouse = c.Settings.Mouse
	m.help.Styles = helpStyles()
	m.setTheme(true)
	m.log.window.follow = true
	m.log.SetFilter(nil, false)
	m.arrange()
	return m
}

// openModel is the model with what is kept of the workspace's screen.
func openModel(fx *effects) *model {
	m := newModel(fx.cfg, fx)
	m.recall(readMemory(fx.cfg.StateFile))
	return m
}

// Init draws at once; everything else follows.
func (m *model) Init() tea.Cmd {
	return tea.Batch(
		tea.RequestBackgroundColor,
		m.connect(),
		m.fx.waitSignal(),
		m.fx.waitErrors(0, -1),
		m.fx.openFeed(m.feed.id, m.log.shown()),
	)
}

// Update obeys one message, then fetches what the log pane, the detail and the news now lack.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	m.arrange()
	return m, tea.Batch(cmd, m.fetchLog(), m.fetchDetail(), m.fetchNews())
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

// arrange lays the screen out anew. It is cheap, and the layout depends on more
// than the size.
func (m *model) arrange() {
	m.layout = arrange(m.w, m.h, max(len(m.slots.all), 1), m.focus, m.zoomed)
	m.focus = m.layout.focus
	a := m.layout.panes
	m.slots.joints = m.layout.joints()
	m.nats.SetSize(a[paneNATS].w, a[paneNATS].h)
	m.fossil.SetSize(a[paneFossil].w, a[paneFossil].h)
	m.slots.SetSize(a[paneSlots].w, a[paneSlots].h)
	m.log.SetSize(a[paneLog].w, a[paneLog].h)
	m.news.SetSize(a[paneNews].w, a[paneNews].h)
	if a[paneNews].h > 0 {
		m.news.SetFindings(m.allFindings())
	}
	m.nats.SetFocus(m.focus == paneNATS)
	m.fossil.SetFocus(m.focus == paneFossil)
	m.slots.SetFocus(m.focus == paneSlots)
	m.log.SetFocus(m.focus == paneLog)
	m.news.SetFocus(m.focus == paneNews)
	if m.mode == modeHelp {
		m.layHelp()
	}
}

// outcome is how the program ended, as far as the model knows.
func (m *model) outcome() Outcome {
	o := m.ending
	o.PID, o.Patch = cmp.Or(o.PID, m.hub.status.PID), m.patch
	return o
}

// shortRoot writes the home directory as ~.
func shortRoot(root, home string) string {
	if n := len(home); n > 1 && len(root) >= n && root[:n] == home && (len(root) == n || root[n] == '/' || root[n] == '\\') {
		return "~" + root[n:]
	}
	return root
}
