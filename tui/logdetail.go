package tui

import (
	"strings"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/logrow"
)

// logDetail shows a row of the log in full, once it has been read.
func logDetail(id int, row logview.Row) *detail {
	return &detail{
		id: id, row: row, title: "LOG LINE", copy: logrow.Says(&row), raw: row.Text,
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
