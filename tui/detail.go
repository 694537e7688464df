package tui

import (
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
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
	list     list
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

// logDetail shows a row of the log in full, once it has been read.
func logDetail(id int, row logview.Row) *detail {
	return &detail{
		id: id, row: row, title: "LOG LINE", copy: copyText(&row), raw: row.Text,
		rows: []detailRow{{ink: cells.InkDim, text: cells.Clean("reading")}},
	}
}

// SetLog takes the whole text of the row and what stands around it.
func (d *detail) SetLog(text []byte, before, after []logview.Row) {
	d.raw = strings.TrimRight(string(text), "\n")
	d.rows = nil
	where := d.row.File
	if where != "" {
		d.title = "LOG LINE  " + where
	}
	for i := range before {
		d.rows = append(d.rows, detailRow{log: &before[i]})
	}
	d.rows = append(d.rows, detailRow{log: &d.row, focus: true})
	for i := range after {
		d.rows = append(d.rows, detailRow{log: &after[i]})
	}
	d.rows = append(d.rows, detailRow{})
	d.rows = append(d.rows, prettyRows(text)...)
}

// copyText is what an operator means by "this line".
func copyText(r *logview.Row) string {
	switch {
	case r.Kind != logview.KindEntry:
		return r.Text
	case r.Entry.Err != "":
		return r.Entry.Err
	case r.Entry.Msg != "":
		return r.Entry.Msg
	default:
		return r.Text
	}
}
