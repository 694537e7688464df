package details

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
func (d *Detail) nth(i int) *Row {
	if i < len(d.Rows) {
		return &d.Rows[i]
	}
	return &d.Tail[i-len(d.Rows)]
}

func (d *Detail) count() int { return len(d.Rows) + len(d.Tail) }

// Measure finds at which line each row starts. A detail has a cursor if one of its
// rows can be opened; else it only scrolls.
func (d *Detail) Measure(w int) {
	d.starts = append(d.starts[:0], 0)
	d.cursor = d.Pointed
	for i := range d.count() {
		r := d.nth(i)
		d.starts = append(d.starts, d.starts[i]+r.LineCount(w))
		d.cursor = d.cursor || r.Open != nil
	}
}

// Settle keeps the cursor on its row, however the rows moved, and the window around
// it. A window at the very top stays there, so that new rows are seen.
func (d *Detail) Settle(h int) {
	n := d.starts[len(d.starts)-1]
	if !d.cursor {
		d.List.Pan(n, h)
		return
	}
	row := min(d.here.row, d.count()-1)
	line := d.starts[row] + min(d.here.line, d.nth(row).height-1)
	if d.List.Top > 0 {
		d.List.Top += line - d.List.Cursor
	}
	d.List.Cursor = line
	d.List.Resize(n, h)
}

// Act obeys moves.
func (d *Detail) Act(a keymap.Action) {
	switch {
	case a == keymap.Sort:
		d.next(d.Content.Columns)
		d.rearrange()
	case a == keymap.Reverse:
		d.reversed = !d.reversed
		d.rearrange()
	case !d.cursor:
		d.List.Scroll(a)
	case d.List.Act(a):
		d.MoveTo(d.List.Cursor)
	}
}

// MoveTo puts the cursor on a line.
func (d *Detail) MoveTo(line int) {
	if len(d.starts) > 1 {
		i := max(sort.SearchInts(d.starts, line+1)-1, 0)
		d.List.Cursor, d.here = line, place{i, line - d.starts[i]}
	}
}

// Chosen is the row under the cursor, nil if there is none.
func (d *Detail) Chosen() *Row {
	if !d.cursor || d.count() == 0 {
		return nil
	}
	return d.nth(min(d.here.row, d.count()-1))
}

// Copied is what y or Y copies: of the row under the cursor, else of the whole.
func (d *Detail) Copied(raw bool) string {
	if r := d.Chosen(); r != nil && r.Copy != "" {
		if raw && r.Raw != "" {
			return r.Raw
		}
		return r.Copy
	}
	if raw {
		return d.Raw
	}
	return d.Copy
}

// View draws the rule, what stands above the rows, and the rows that fit.
func (d *Detail) View(t *cells.Theme, w, h int, o logrow.Options) []string {
	rows := d.Body(t, w, h-1, o)
	return append([]string{d.rule(t, w, o.Now)}, rows...)
}

// Body is all but the rule.
func (d *Detail) Body(t *cells.Theme, w, h int, o logrow.Options) []string {
	var fixed []string
	if d.summary.Width() > 0 && h > layout.MinHeight {
		fixed = append(fixed, cells.NewLine(t, w).Gap(2).Text(t.Dim, d.summary).String())
	}
	columns := cells.FitColumns(d.Content.Columns, w)
	if len(columns) > 0 && !d.Content.Untitled {
		fixed = append(fixed, cells.Titles(t, columns, w))
	}
	d.fitted = d.fitted[:0]
	for _, c := range columns {
		d.fitted = append(d.fitted, c.Index)
	}
	d.Measure(w)
	d.Settle(h - len(fixed))
	out := fixed
	first := max(sort.SearchInts(d.starts, d.List.Top+1)-1, 0)
	for i := first; i < d.count() && len(out) < h; i++ {
		lines := d.nth(i).lines(t, w, columns, d.gutter(o, i))
		out = append(out, lines[min(max(d.List.Top-d.starts[i], 0), len(lines)):]...)
	}
	return cells.Fit(out, h)
}

// gutter tells a row which of its lines is under the cursor.
func (d *Detail) gutter(o logrow.Options, i int) logrow.Options {
	o.CursorLine = -1
	if d.cursor && !o.Blurred && i == min(d.here.row, d.count()-1) {
		o.CursorLine = d.List.Cursor - d.starts[i]
	}
	return o
}

func (d *Detail) rule(t *cells.Theme, w int, now time.Time) string {
	left, right := d.order(t)
	r := cells.Rule{Focused: true, Left: append(d.titles(t), left...), Right: right}
	if d.problem.Width() > 0 {
		r.Right = append(r.Right, t.Warn.Span(d.problem.Cut(max(w/2, 10)).String()))
		if d.Known {
			r.Right = append(r.Right, t.Dim.Span("as of "+cells.Ago(d.asOf, now)))
		}
	}
	if d.Content.Note != "" {
		r.Right = append(r.Right, t.Dim.Span(d.Content.Note))
	}
	if n := d.starts[len(d.starts)-1]; n > d.List.Height {
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("%d-%d of %d", d.List.Top+1, min(d.List.Top+d.List.Height, n), n)))
	}
	return r.String(t, w)
}

// titles name the detail, among its siblings if it has any.
func (d *Detail) titles(t *cells.Theme) []cells.Span {
	s, ok := d.Src.(Tabbed)
	if !ok {
		return []cells.Span{t.Bold.Span(cells.Clean(d.Title).String())}
	}
	var out []cells.Span
	names, this := s.Tabs()
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
func (r *Row) indent() int {
	if r.Label != "" {
		return 2 + detailLabel
	}
	return 2
}

// LineCount is the height of the row, worked out once for a width.
func (r *Row) LineCount(w int) int {
	if r.width == w && r.height > 0 {
		return r.height
	}
	r.width, r.height = w, 1
	room := max(w-r.indent()-1, 1)
	if r.LogRow == nil && r.Cells == nil && r.Text.Width() > room {
		r.height = len(r.wrapped(room))
	}
	return r.height
}

// wrapped is the text of the row, broken between words if it is prose.
func (r *Row) wrapped(room int) []string {
	if r.Label != "" || r.Prose {
		return strings.Split(ansi.Wrap(r.Text.String(), room, ""), "\n")
	}
	return strings.Split(ansi.Hardwrap(r.Text.String(), room, true), "\n")
}

func (r *Row) lines(t *cells.Theme, w int, columns []cells.Column, o logrow.Options) []string {
	switch {
	case r.LogRow != nil:
		o.Chosen = r.Focus
		return []string{logrow.Draw(t, r.LogRow, o)}
	case r.Cells != nil:
		return []string{cells.Row(t, r.Cells, columns, w, o.CursorLine == 0, o.Now)}
	}
	var out []string
	for i, s := range r.wrapped(max(w-r.indent()-1, 1)) {
		l := cells.NewLine(t, w)
		if i == o.CursorLine {
			l.Put(t.Bold, t.Cursor)
		}
		l.To(2)
		if i == 0 && r.Label != "" {
			l.Text(t.Dim, cells.Clean(r.Label))
		}
		l.To(r.indent()).Put(t.Ink(r.Ink), s)
		if !r.at.IsZero() {
			l.Put(t.Plain, cells.Moment(r.at, o.Now))
		}
		out = append(out, l.String())
	}
	return out
}

// SetFilter shows only the rows that match.
func (d *Detail) SetFilter(f *logview.Filter) {
	d.Filter = f
	d.rearrange()
}

// rearrange makes the rows anew from what was read. The cursor stays on its row.
func (d *Detail) rearrange() {
	key := ""
	if r := d.Chosen(); r != nil {
		key = r.Key
	}
	d.Rows = d.rows(d.Content.Rows, d.asOf)
	for i := range d.Rows {
		if key != "" && d.Rows[i].Key == key {
			d.here.row = i
		}
	}
}

// Tells reports whether the heading has room for a text.
func (d *Detail) Tells(t *cells.Theme, w int, text string) bool {
	return len(d.starts) > 0 && strings.Contains(d.rule(t, w, d.asOf), text)
}
