package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"bones-tui/logview/safe"
)

// table prints rows of text in columns as wide as they have to be, and never narrower
// than they were.
type table struct {
	w      io.Writer
	rows   [][]string
	widths []int
}

func newTable(w io.Writer) *table { return &table{w: w} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the rows, and forgets them. The last column is not padded.
func (t *table) print() {
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(t.widths) {
				t.widths = append(t.widths, 0)
			}
			t.widths[i] = max(t.widths[i], ansi.StringWidth(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", t.widths[i]-ansi.StringWidth(cell)+2))
			}
		}
		fmt.Fprintln(t.w, strings.TrimRight(line.String(), " "))
	}
	t.rows = nil
}

// clean makes a text from outside fit for a terminal.
func clean(text string) string { return safe.String(text).String() }

// jsonFlag gives a command its --json. What it prints then is in docs/json.md.
func jsonFlag(cmd *cobra.Command, on *bool) {
	cmd.Flags().BoolVar(on, "json", false, "print one JSON object (docs/json.md)")
}

// printJSON writes a value as one line.
func printJSON(w io.Writer, v any) error { return json.NewEncoder(jsonOut(w)).Encode(v) }

// jsonOut is where JSON for w goes: byte for byte, unless a terminal would obey some of
// its bytes.
func jsonOut(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok && term.IsTerminal(f.Fd()) {
		return safe.JSON(w)
	}
	return w
}

// maxCell bounds a cell of a table, in columns: one text of others must not push the rest
// off the screen.
const maxCell = 200

// cell makes a text from outside fit for one cell of a table.
func cell(text string) string { return safe.Line(text, maxCell).String() }
