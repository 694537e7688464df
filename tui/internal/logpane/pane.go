// Package logpane is the pane of the log: the rows around the cursor, read through a filter while
// they come, how many there are over time and by what they have in common.
//
// From the top: feed.go obeys keys and messages, seek.go and counts.go go where they lead; view.go
// draws what window.go holds; source.go and save.go read the log.
package logpane

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/logrow"
	"bones-tui/tui/internal/notice"
)

// Pane shows a window of the rows that match the filter. It holds the rows
// around what is on the screen and asks for more before they run out. Its commands read the log.
type Pane struct {
	src     *Source
	notice  *notice.Line
	Feed    feed
	seen    logview.Values // in the newest part of the log
	counted *FacetsView    // nil: nobody wants to see them

	w, h    int
	focused bool

	Filter   *logview.Filter
	text     safe.Text // the filter's canonical text
	Snapshot logview.Snapshot
	Window   window
	speed    cells.Rate // all lines, matching or not
	newer    int64      // rows that came while paused
	old      bool       // the window's rows are those of the last filter
	held     bool       // Show is going to bring the rows around the one under the cursor
	sent     bool       // a fetch is under way
	jump     fetchFrom

	Marking   bool // show everything and mark what matches
	Around    bool // highlight, to see what is around a line
	histogram bool // show how many lines there were over time
	facets    logview.Facets
	marks     map[logview.Pos]logview.Row

	tall    tall
	Version int // grows with every change of what is shown

	shift   int // cells scrolled sideways
	Clock   logrow.Clock
	cache   map[logview.Pos]string
	cacheBy cacheKey
}

// tall is what the log pane needs to know once a row may take several lines of the
// screen: because long lines are wrapped, or because a folded trace is open.
type tall struct {
	wrap     bool
	unfolded map[logview.Pos][]safe.Text // the further lines of open rows
	top      logview.Pos                 // the first row on the screen; zero: where the list is
	rows     []int                       // of each line on the screen, the index of its row
}

func (t *tall) on() bool { return t.wrap || len(t.unfolded) > 0 }

// cacheKey is what a drawn row depends on besides the row.
type cacheKey struct {
	w, shift int
	clock    logrow.Clock
	theme    *cells.Theme
	zone     *time.Location
	match    *logview.Filter
}

// New follows a log, without a filter.
func New(src *Source, n *notice.Line) Pane {
	return Pane{src: src, notice: n, Window: window{follow: true}}
}

// Paused reports whether rows that come do not move what is shown.
func (p *Pane) Paused() bool { return !p.Window.follow }

// Position is the index of the row under the cursor, of the rows that are held.
func (p *Pane) Position() (at, of int) { return p.Window.list.Cursor, len(p.Window.Rows) }

// SetHistogram shows or hides how many lines there were over time.
func (p *Pane) SetHistogram(on bool) {
	p.Version++
	p.histogram = on
}

// SetFacets takes what the histogram shows.
func (p *Pane) SetFacets(f logview.Facets) {
	if p.histogram {
		p.Version++
	}
	p.facets = f
}

// graphed reports whether the histogram is shown: not where it would take too many
// of the rows.
func (p *Pane) graphed() bool { return p.histogram && p.h >= 4+histogramHigh }

// rowsHigh is how many rows fit under the rule.
func (p *Pane) rowsHigh() int {
	if p.graphed() {
		return p.h - 1 - histogramHigh
	}
	return max(p.h-1, 1)
}

// clear drops rows that are of another filter.
func (p *Pane) clear() {
	if p.old {
		p.old = false
		p.Window = window{follow: p.Window.follow}
		p.Window.resize(p.rowsHigh())
	}
}

// histogramHigh is how many lines the histogram takes.
const histogramHigh = 2

// Filtered reports whether rows may be hidden.
func (p *Pane) Filtered() bool { return p.text.Width() > 0 }

// feed is the view of the log that the log pane shows.
type feed struct {
	ID   int
	view View
	progress
	keep *logview.Row // to be under the cursor once the view is open
}
