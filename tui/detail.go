package tui

import (
	"context"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/scroll"
)

// detailRow is a label and its text, which is wrapped under itself; or, in a table,
// cells under the detail's columns; or a row of the log.
type detailRow struct {
	ink   cells.Ink
	label string
	text  safe.Text
	at    time.Time // shown instead of the text, with its age
	prose bool      // broken between words
	cells []cells.Cell
	log   *logview.Row // drawn as in the log instead
	focus bool         // the log row that the detail is about

	fields    *hublog.Entry // that a filter may ask for; nil: only the time
	key       string        // finds the row again after a change; may be empty
	open      subject       // what enter opens; nil: nothing
	copy, raw string        // what y and Y copy with the cursor here

	height, width int // of the row in lines, and at which width
}

// detail is everything that is known of one thing, on the whole screen.
type detail struct {
	id       int
	title    string
	slot     string // the slot it is about, if it is one
	findings bool   // it lists what is wrong
	row      logview.Row
	rows     []detailRow
	tail     []detailRow // what a command has fetched for it
	copy     string      // what y copies
	raw      string      // what Y copies
	list     scroll.List
	pointed  bool // it has a cursor even if no row can be opened
	loaded
	narrowing
}

// labelled adds a row with a label, unless there is nothing to say.
func labelled(rows []detailRow, i cells.Ink, label, text string) []detailRow {
	if text == "" {
		return rows
	}
	return append(rows, detailRow{ink: i, label: label, text: cells.Clean(text)})
}

// section adds a blank row and a title.
func section(rows []detailRow, title string) []detailRow {
	return append(rows, detailRow{}, detailRow{ink: cells.InkBold, text: cells.Clean(title)})
}

// subject is a thing of the hub that a detail shows. load reads what is known of it
// now. It runs in a command, and never twice at once for one subject, so a subject
// may keep what it has read.
type subject interface {
	title() string
	load(ctx context.Context, in Inspector, q query) (content, error)
}

// query is what a load is asked for.
type query struct {
	rows int // that many, if there are
	now  time.Time
}

// tabbed is a subject that has siblings: tab goes from one to the next.
type tabbed interface {
	tabs() (names []string, this int)
	sibling() subject
}

// content is what a subject has to show.
type content struct {
	summary   string // above the rows, if there is room
	note      string // of how much this is a part
	columns   []cells.Column
	untitled  bool // no titles over the columns
	rows      []detailRow
	start     int    // the row that the cursor is on at first
	more      bool   // there are more rows to ask for
	fixed     bool   // it will never change
	copy, raw string // what y and Y copy
}

// loaded is what a detail knows of the subject that it shows.
type loaded struct {
	src     subject // nil: it does not change by itself
	known   bool    // something has been read
	due     bool    // it is time to read again
	loading bool
	want    int
	view    content
	summary safe.Text
	asOf    time.Time
	problem safe.Text // why it could not be read again

	starts []int // lines
	cursor bool  // a row can be opened
	here   place
}

// narrowing is which rows of a table the operator wants to see, and in which order.
// It is about rows with cells; what stands around them stays.
type narrowing struct {
	filter   *logview.Filter
	column   int // by which they are sorted, counted from 1; 0: as they came
	reversed bool
	fitted   []int // columns that the screen has room for
	shown    int   // rows that the filter lets through
	all      int
}

// place is a line of a detail: the row, and the line within it.
type place struct{ row, line int }

// maxPreview is how many cells of a value a table shows at most.
const maxPreview = 300

// none says in words that there are no rows.
func none(rows []detailRow, text string) []detailRow {
	if len(rows) > 0 {
		return rows
	}
	return []detailRow{{ink: cells.InkDim, text: cells.Clean(text)}}
}
