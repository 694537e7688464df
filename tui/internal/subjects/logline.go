package subjects

import (
	"strings"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/logrow"
)

// NewLogLine shows a row of the log in full, once it has been read.
func NewLogLine(row logview.Row) *details.Detail {
	return &details.Detail{
		Row: row, Title: "LOG LINE", Copy: logrow.Says(&row), Raw: row.Text,
		Rows: []details.Row{{Ink: cells.InkDim, Text: cells.Clean("reading")}},
	}
}

// SetLog takes the whole text of the row and what stands around it.
func SetLog(d *details.Detail, text []byte, before, after []logview.Row) {
	d.Raw = strings.TrimRight(string(text), "\n")
	d.Rows = nil
	where := d.Row.File
	if where != "" {
		d.Title = "LOG LINE  " + where
	}
	for i := range before {
		d.Rows = append(d.Rows, details.Row{LogRow: &before[i]})
	}
	d.Rows = append(d.Rows, details.Row{LogRow: &d.Row, Focus: true})
	for i := range after {
		d.Rows = append(d.Rows, details.Row{LogRow: &after[i]})
	}
	d.Rows = append(d.Rows, details.Row{})
	d.Rows = append(d.Rows, details.PrettyRows(text)...)
}
