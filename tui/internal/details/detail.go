// Package details shows what is known of one thing on the whole screen: rows with a cursor, in a
// table or not, which lead on to other things. detail.go says what they are made of, stack.go how one
// leads to the next, view.go draws them.
package details

import (
	"context"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/scroll"
)

// Row is a label and its text, which is wrapped under itself; or, in a table,
// cells under the detail's columns; or a row of the log.
type Row struct {
	Ink    cells.Ink
	Label  string
	Text   safe.Text
	at     time.Time // shown instead of the text, with its age
	Prose  bool      // broken between words
	Cells  []cells.Cell
	LogRow *logview.Row // drawn as in the log instead
	Focus  bool         // the log row that the detail is about

	Fields    *hublog.Entry // that a filter may ask for; nil: only the time
	Key       string        // finds the row again after a change; may be empty
	Open      Subject       // what enter opens; nil: nothing
	Copy, Raw string        // what y and Y copy with the cursor here

	height, width int // of the row in lines, and at which width
}

// Detail is everything that is known of one thing, on the whole screen.
type Detail struct {
	ID       int
	Title    string
	Slot     string // the slot it is about, if it is one
	Findings bool   // it lists what is wrong
	Row      logview.Row
	Rows     []Row
	Tail     []Row  // what a command has fetched for it
	Copy     string // what y copies
	Raw      string // what Y copies
	List     scroll.List
	Pointed  bool // it has a cursor even if no row can be opened
	loaded
	narrowing
}

// Labelled adds a row with a label, unless there is nothing to say.
func Labelled(rows []Row, i cells.Ink, label, text string) []Row {
	if text == "" {
		return rows
	}
	return append(rows, Row{Ink: i, Label: label, Text: cells.Clean(text)})
}

// Section adds a blank row and a title.
func Section(rows []Row, title string) []Row {
	return append(rows, Row{}, Row{Ink: cells.InkBold, Text: cells.Clean(title)})
}

// Subject is a thing of the hub that a detail shows. load reads what is known of it
// now. It runs in a command, and never twice at once for one subject, so a subject
// may keep what it has read.
type Subject interface {
	Title() string
	Load(ctx context.Context, in Inspector, q Query) (Content, error)
}

// Query is what a load is asked for.
type Query struct {
	Rows int // that many, if there are
	Now  time.Time
}

// Tabbed is a subject that has siblings: tab goes from one to the next.
type Tabbed interface {
	Tabs() (names []string, this int)
	Sibling() Subject
}

// Content is what a subject has to show.
type Content struct {
	Summary   string // above the rows, if there is room
	Note      string // of how much this is a part
	Columns   []cells.Column
	Untitled  bool // no titles over the columns
	Rows      []Row
	Start     int    // the row that the cursor is on at first
	More      bool   // there are more rows to ask for
	Fixed     bool   // it will never change
	Copy, Raw string // what y and Y copy
}

// loaded is what a detail knows of the subject that it shows.
type loaded struct {
	Src     Subject // nil: it does not change by itself
	Known   bool    // something has been read
	Due     bool    // it is time to read again
	Loading bool
	want    int
	Content Content
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
	Filter   *logview.Filter
	Column   int // by which they are sorted, counted from 1; 0: as they came
	reversed bool
	fitted   []int // columns that the screen has room for
	shown    int   // rows that the filter lets through
	all      int
}

// place is a line of a detail: the row, and the line within it.
type place struct{ row, line int }

// MaxPreview is how many cells of a value a table shows at most.
const MaxPreview = 300

// None says in words that there are no rows.
func None(rows []Row, text string) []Row {
	if len(rows) > 0 {
		return rows
	}
	return []Row{{Ink: cells.InkDim, Text: cells.Clean(text)}}
}

// Timed adds a row with a time and its age, unless there is none.
func Timed(rows []Row, label string, at time.Time) []Row {
	if at.IsZero() {
		return rows
	}
	return append(rows, Row{Label: label, at: at})
}
