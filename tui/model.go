package tui

import (
	"time"

	"charm.land/bubbles/v2/help"

	"bones-tui/logview/safe"
	"bones-tui/tui/internal/alarms"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/input"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logpane"
	"bones-tui/tui/internal/newspane"
	"bones-tui/tui/internal/notice"
	"bones-tui/tui/internal/overlays"
	"bones-tui/tui/internal/picker"
	"bones-tui/tui/internal/scroll"
	"bones-tui/tui/internal/services"
	"bones-tui/tui/internal/slotspane"
)

// Model is the root of the screen. It is the only tea.Model of the program.
type model struct {
	cfg       Config
	fx        *effects
	keys      keymap.Map
	help      help.Model
	helpRows  scroll.List // of the help that is open
	helpLines []string

	theme      *cells.Theme
	name, root safe.Text
	w, h       int
	resizes    int
	ticks      int
	now        time.Time
	blurred    bool

	mode   mode
	focus  layout.Pane
	zoomed bool
	layout layout.Layout

	gen      int // of the session
	session  Session
	hub      hubstate.State
	sampling bool

	nats   services.NATS
	fossil services.Fossil
	slots  slotspane.Pane
	log    logpane.Pane
	news   newspane.Pane

	input   input.Filter
	dialog  *dialogs.Dialog
	dialogs int // counts everything that opens over the panes
	details details.Stack
	picker  *picker.Picker
	notice  notice.Line
	alarms  alarms.Log
	mouse   bool // clicks and the wheel are heard

	drawn drawn

	then      dialogs.AfterStop // to the end of the hub
	wait      *waiting          // for slots, before a stop; nil: none
	report    *overlays.Report  // of a failure, until it is dismissed
	hidden    bool              // the operator does not want to see the steps of the stop
	signals   int
	handOver  bool // under way
	reseeding bool
	rescuing  string // what is being had back from a copy; "" if nothing is

	patch  string // the command for what was written for git
	kept   string // the state as it was written last
	keeps  int    // counts the writings
	ending Outcome
}
