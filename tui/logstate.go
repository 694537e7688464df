package tui

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// logPane shows a window of the rows that match the filter. It holds the rows
// around what is on the screen and asks for more before they run out; it never
// reads the log itself.
type logPane struct {
	w, h    int
	focused bool

	filter *logview.Filter
	text   safe.Text // the filter's canonical text
	snap   logview.Snapshot
	window window
	speed  cells.Rate // all lines, matching or not
	newer  int64      // rows that came while paused
	old    bool       // the window's rows are those of the last filter
	held   bool       // Show is going to bring the rows around the one under the cursor
	sent   bool       // a fetch is under way
	jump   fetchFrom

	highlight bool // show everything and mark what matches
	around    bool // highlight, to see what is around a line
	histogram bool // show how many lines there were over time
	facets    logview.Facets
	marks     map[logview.Pos]logview.Row

	tall    tall
	version int // grows with every change of what is shown

	shift   int // cells scrolled sideways
	clock   clockFormat
	cache   map[logview.Pos]string
	cacheBy cacheKey
}

// clockFormat is how a row tells the time.
type clockFormat uint8

const (
	clockLocal clockFormat = iota
	clockUTC
	clockAge
	clockCount
)

// String names the format.
func (c clockFormat) String() string { return [...]string{"local", "utc", "age"}[c%clockCount] }

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
	clock    clockFormat
	theme    *cells.Theme
	zone     *time.Location
	match    *logview.Filter
}

// SetHistogram shows or hides how many lines there were over time.
func (p *logPane) SetHistogram(on bool) {
	p.version++
	p.histogram = on
}

// SetFacets takes what the histogram shows.
func (p *logPane) SetFacets(f logview.Facets) {
	if p.histogram {
		p.version++
	}
	p.facets = f
}

// graphed reports whether the histogram is shown: not where it would take too many
// of the rows.
func (p *logPane) graphed() bool { return p.histogram && p.h >= 4+histogramHigh }

// rowsHigh is how many rows fit under the rule.
func (p *logPane) rowsHigh() int {
	if p.graphed() {
		return p.h - 1 - histogramHigh
	}
	return max(p.h-1, 1)
}

// clear drops rows that are of another filter.
func (p *logPane) clear() {
	if p.old {
		p.old = false
		p.window = window{follow: p.window.follow}
		p.window.resize(p.rowsHigh())
	}
}

// histogramHigh is how many lines the histogram takes.
const histogramHigh = 2

// Filtered reports whether rows may be hidden.
func (p *logPane) Filtered() bool { return p.text.Width() > 0 }

// maxShift bounds the scrolling sideways: a row holds at most 4 KiB of text.
const maxShift = 4096
