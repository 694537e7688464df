package tui

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logrow"
)

// nth is the i-th of the rows and the tail.
func (d *detail) nth(i int) *detailRow {
	if i < len(d.rows) {
		return &d.rows[i]
	}
	return &d.tail[i-len(d.rows)]
}

func (d *detail) count() int { return len(d.rows) + len(d.tail) }

// measure finds at which line each row starts. A detail has a cursor if one of its
// rows can be opened; else it only scrolls.
func (d *detail) measure(w int) {
	d.starts = append(d.starts[:0], 0)
	d.cursor = d.pointed
	for i := range d.count() {
		r := d.nth(i)
		d.starts = append(d.starts, d.starts[i]+r.lineCount(w))
		d.cursor = d.cursor || r.open != nil
	}
}

// settle keeps the cursor on its row, however the rows moved, and the window around
// it. A window at the very top stays there, so that new rows are seen.
func (d *detail) settle(h int) {
	n := d.starts[len(d.starts)-1]
	if !d.cursor {
		d.list.Pan(n, h)
		return
	}
	row := min(d.here.row, d.count()-1)
	line := d.starts[row] + min(d.here.line, d.nth(row).height-1)
	if d.list.Top > 0 {
		d.list.Top += line - d.list.Cursor
	}
	d.list.Cursor = line
	d.list.Resize(n, h)
}

// Act obeys moves.
func (d *detail) Act(a keymap.Action) {
	switch {
	case a == keymap.Sort:
		d.next(d.view.columns)
		d.rearrange()
	case a == keymap.Reverse:
		d.reversed = !d.reversed
		d.rearrange()
	case !d.cursor:
		d.list.Scroll(a)
	case d.list.Act(a):
		d.moveTo(d.list.Cursor)
	}
}

// moveTo puts the cursor on a line.
func (d *detail) moveTo(line int) {
	if len(d.starts) > 1 {
		i := max(sort.SearchInts(d.starts, line+1)-1, 0)
		d.list.Cursor, d.here = line, place{i, line - d.starts[i]}
	}
}

// Chosen is the row under the cursor, nil if there is none.
func (d *detail) Chosen() *detailRow {
	if !d.cursor || d.count() == 0 {
		return nil
	}
	return d.nth(min(d.here.row, d.count()-1))
}

// copied is what y or Y copies: of the row under the cursor, else of the whole.
func (d *detail) copied(raw bool) string {
	if r := d.Chosen(); r != nil && r.copy != "" {
		if raw && r.raw != "" {
			return r.raw
		}
		return r.copy
	}
	if raw {
		return d.raw
	}
	return d.copy
}

// View draws the rule, what stands above the rows, and the rows that fit.
func (d *detail) View(t *cells.Theme, w, h int, o logrow.Options) []string {
	rows := d.body(t, w, h-1, o)
	return append([]string{d.rule(t, w, o.Now)}, rows...)
}

// body is all but the rule.
func (d *detail) body(t *cells.Theme, w, h int, o logrow.Options) []string {
	var fixed []string
	if d.summary.Width() > 0 && h > layout.MinHeight {
		fixed = append(fixed, cells.NewLine(t, w).Gap(2).Text(t.Dim, d.summary).String())
	}
	columns := cells.FitColumns(d.view.columns, w)
	if len(columns) > 0 && !d.view.untitled {
		fixed = append(fixed, cells.Titles(t, columns, w))
	}
	d.fitted = d.fitted[:0]
	for _, c := range columns {
		d.fitted = append(d.fitted, c.Index)
	}
	d.measure(w)
	d.settle(h - len(fixed))
	out := fixed
	first := max(sort.SearchInts(d.starts, d.list.Top+1)-1, 0)
	for i := first; i < d.count() && len(out) < h; i++ {
		lines := d.nth(i).lines(t, w, columns, d.gutter(o, i))
		out = append(out, lines[min(max(d.list.Top-d.starts[i], 0), len(lines)):]...)
	}
	return cells.Fit(out, h)
}

// gutter tells a row which of its lines is under the cursor.
func (d *detail) gutter(o logrow.Options, i int) logrow.Options {
	o.CursorLine = -1
	if d.cursor && !o.Blurred && i == min(d.here.row, d.count()-1) {
		o.CursorLine = d.list.Cursor - d.starts[i]
	}
	return o
}

func (d *detail) rule(t *cells.Theme, w int, now time.Time) string {
	left, right := d.order(t)
	r := cells.Rule{Focused: true, Left: append(d.titles(t), left...), Right: right}
	if d.problem.Width() > 0 {
		r.Right = append(r.Right, t.Warn.Span(d.problem.Cut(max(w/2, 10)).String()))
		if d.known {
			r.Right = append(r.Right, t.Dim.Span("as of "+cells.Ago(d.asOf, now)))
		}
	}
	if d.view.note != "" {
		r.Right = append(r.Right, t.Dim.Span(d.view.note))
	}
	if n := d.starts[len(d.starts)-1]; n > d.list.Height {
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("%d-%d of %d", d.list.Top+1, min(d.list.Top+d.list.Height, n), n)))
	}
	return r.String(t, w)
}

// titles name the detail, among its siblings if it has any.
func (d *detail) titles(t *cells.Theme) []cells.Span {
	s, ok := d.src.(tabbed)
	if !ok {
		return []cells.Span{t.Bold.Span(cells.Clean(d.title).String())}
	}
	var out []cells.Span
	names, this := s.tabs()
	for i, name := range names {
		st := t.Dim
		if i == this {
			st = t.Reverse
		}
		out = append(out, st.Span(name))
	}
	return out
}

// detailLabel is the column of labels.
const detailLabel = 12

// indent is where the text of the row begins.
func (r *detailRow) indent() int {
	if r.label != "" {
		return 2 + detailLabel
	}
	return 2
}

// lineCount is the height of the row, worked out once for a width.
func (r *detailRow) lineCount(w int) int {
	if r.width == w && r.height > 0 {
		return r.height
	}
	r.width, r.height = w, 1
	room := max(w-r.indent()-1, 1)
	if r.log == nil && r.cells == nil && r.text.Width() > room {
		r.height = len(r.wrapped(room))
	}
	return r.height
}

// wrapped is the text of the row, broken between words if it is prose.
func (r *detailRow) wrapped(room int) []string {
	if r.label != "" || r.prose {
		return strings.Split(ansi.Wrap(r.text.String(), room, ""), "\n")
	}
	return strings.Split(ansi.Hardwrap(r.text.String(), room, true), "\n")
}

func (r *detailRow) lines(t *cells.Theme, w int, columns []cells.Column, o logrow.Options) []string {
	switch {
	case r.log != nil:
		o.Chosen = r.focus
		return []string{logrow.Draw(t, r.log, o)}
	case r.cells != nil:
		return []string{cells.Row(t, r.cells, columns, w, o.CursorLine == 0, o.Now)}
	}
	var out []string
	for i, s := range r.wrapped(max(w-r.indent()-1, 1)) {
		l := cells.NewLine(t, w)
		if i == o.CursorLine {
			l.Put(t.Bold, t.Cursor)
		}
		l.To(2)
		if i == 0 && r.label != "" {
			l.Text(t.Dim, cells.Clean(r.label))
		}
		l.To(r.indent()).Put(t.Ink(r.ink), s)
		if !r.at.IsZero() {
			l.Put(t.Plain, cells.Moment(r.at, o.Now))
		}
		out = append(out, l.String())
	}
	return out
}

// SetFilter shows only the rows that match.
func (d *detail) SetFilter(f *logview.Filter) {
	d.filter = f
	d.rearrange()
}

// rearrange makes the rows anew from what was read. The cursor stays on its row.
func (d *detail) rearrange() {
	key := ""
	if r := d.Chosen(); r != nil {
		key = r.key
	}
	d.rows = d.narrowing.rows(d.view.rows, d.asOf)
	for i := range d.rows {
		if key != "" && d.rows[i].key == key {
			d.here.row = i
		}
	}
}

// tells reports whether the heading has room for a text.
func (d *detail) tells(t *cells.Theme, w int, text string) bool {
	return len(d.starts) > 0 && strings.Contains(d.rule(t, w, d.asOf), text)
}
