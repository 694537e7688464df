package tui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview"
	"bones-tui/logview/safe"
)

// ink is the look of a row of a detail, before it is known on which theme.
type ink uint8

const (
	inkPlain ink = iota
	inkDim
	inkBold
	inkOK
	inkWarn
	inkBad
)

func (t *theme) ink(i ink) style {
	return [...]style{t.plain, t.dim, t.bold, t.ok, t.warn, t.bad}[i]
}

// detailRow is a label and its text, which is wrapped under itself.
type detailRow struct {
	ink   ink
	label string
	text  safe.Text
	log   *logview.Row // drawn as in the log instead
	focus bool         // the log row that the detail is about
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
}

// labelled adds a row with a label, unless there is nothing to say.
func labelled(rows []detailRow, i ink, label, text string) []detailRow {
	if text == "" {
		return rows
	}
	return append(rows, detailRow{ink: i, label: label, text: clean(text)})
}

// section adds a blank row and a title.
func section(rows []detailRow, title string) []detailRow {
	return append(rows, detailRow{}, detailRow{ink: inkBold, text: clean(title)})
}

// View draws the rule and the rows that fit.
func (d *detail) View(t *theme, w, h int, o rowOptions) []string {
	var rows []string
	for _, set := range [][]detailRow{d.rows, d.tail} {
		for i := range set {
			rows = append(rows, set[i].lines(t, w, o)...)
		}
	}
	d.list.pan(len(rows), h-1)
	r := rule{focused: true, left: []span{{t.bold, clean(d.title).String()}}}
	if len(rows) > h-1 {
		r.right = []span{{t.dim, fmt.Sprintf("%d-%d of %d", d.list.top+1, min(d.list.top+h-1, len(rows)), len(rows))}}
	}
	return fit(append([]string{r.String(t, w)}, rows[d.list.top:]...), h)
}

// detailLabel is the column of labels.
const detailLabel = 12

func (r *detailRow) lines(t *theme, w int, o rowOptions) []string {
	if r.log != nil {
		o.chosen = r.focus
		return []string{drawRow(t, r.log, o)}
	}
	indent := 2
	if r.label != "" {
		indent += detailLabel
	}
	var out []string
	for i, s := range strings.Split(ansi.Hardwrap(r.text.String(), max(w-indent-1, 1), true), "\n") {
		l := newLine(t, w).gap(2)
		if i == 0 && r.label != "" {
			l.put(t.dim, r.label)
		}
		out = append(out, l.to(indent).put(t.ink(r.ink), s).String())
	}
	return out
}

// logDetail shows a row of the log in full, once it has been read.
func logDetail(id int, row logview.Row) *detail {
	return &detail{
		id: id, row: row, title: "LOG LINE", copy: copyText(&row), raw: row.Text,
		rows: []detailRow{{ink: inkDim, text: clean("reading")}},
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

// prettyRows is JSON in a readable form, and any other text line by line.
func prettyRows(text []byte) []detailRow {
	var rows []detailRow
	var b bytes.Buffer
	if json.Indent(&b, bytes.TrimSpace(text), "", "  ") != nil {
		b.Reset()
		b.Write(bytes.TrimRight(text, "\n"))
	}
	for s := range strings.SplitSeq(b.String(), "\n") {
		rows = append(rows, detailRow{text: clean(strings.TrimSuffix(s, "\r"))})
	}
	return rows
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
