package details

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

// titled are the columns on the screen that have a name to sort by.
func (n *narrowing) titled(columns []cells.Column) []int {
	return slices.DeleteFunc(slices.Clone(n.fitted), func(i int) bool { return i >= len(columns) || columns[i].Title == "" })
}

// next sorts by the next column on the screen, and after the last one by none.
func (n *narrowing) next(columns []cells.Column) {
	titled := n.titled(columns)
	n.reversed = false
	at := slices.Index(titled, n.Column-1)
	if at+1 >= len(titled) {
		n.Column = 0
		return
	}
	n.Column = titled[at+1] + 1
}

// rows are those to be shown of all.
func (n *narrowing) rows(all []Row, now time.Time) []Row {
	n.shown, n.all = 0, 0
	if n.Filter == nil && n.Column == 0 {
		return all
	}
	var out []Row
	for len(all) > 0 {
		end := slices.IndexFunc(all, func(r Row) bool { return (r.Cells == nil) != (all[0].Cells == nil) })
		if end < 0 {
			end = len(all)
		}
		run := all[:end]
		if all[0].Cells != nil {
			run = n.run(run, now)
		}
		out, all = append(out, run...), all[end:]
	}
	return out
}

// run narrows and sorts rows that stand together.
func (n *narrowing) run(all []Row, now time.Time) []Row {
	out := slices.DeleteFunc(slices.Clone(all), func(r Row) bool { return !r.matches(n.Filter, now) })
	n.shown, n.all = n.shown+len(out), n.all+len(all)
	if len(out) == 0 {
		return []Row{{Ink: cells.InkDim, Text: cells.Clean("no row matches the filter (esc clears it)")}}
	}
	if i := n.Column - 1; i >= 0 && i < len(out[0].Cells) {
		slices.SortStableFunc(out, func(a, b Row) int {
			c := a.Cells[i].Compare(b.Cells[i])
			if n.reversed {
				c = -c
			}
			return c
		})
	}
	return out
}

// matches reports whether the filter lets the row through: words and expressions are
// looked for in its cells and in what it copies, fields in what it tells of them.
func (r *Row) matches(f *logview.Filter, now time.Time) bool {
	if f == nil {
		return true
	}
	var text strings.Builder
	var fields hublog.Entry
	for _, c := range r.Cells {
		if fields.Ts.IsZero() {
			fields.Ts.Time = c.At // the first time is what the row is about
		}
		text.WriteString(c.Text.String())
		text.WriteByte(' ')
	}
	text.WriteString(r.Copy)
	if r.Fields != nil {
		fields = *r.Fields
	}
	return f.MatchFields(fields, text.String(), now)
}

// Listed reports whether the detail has a table, which can be narrowed and sorted.
func (d *Detail) Listed() bool {
	return slices.ContainsFunc(d.Content.Rows, func(r Row) bool { return r.Cells != nil })
}

// order says what the rows are narrowed to and sorted by, for the rule.
func (d *Detail) order(t *cells.Theme) (left, right []cells.Span) {
	if text := d.Filter.String(); text != "" {
		left = append(left, t.Plain.Span(cells.Clean(text).Cut(40).String()))
		right = append(right, t.Dim.Span(fmt.Sprintf("%s of %s", cells.Count(int64(d.shown)), cells.Count(int64(d.all)))))
	}
	if d.Column > 0 {
		right = append(right, t.Dim.Span(d.Ordered(t)))
	}
	return left, right
}

// Ordered is by what the rows are sorted, in words.
func (d *Detail) Ordered(t *cells.Theme) string {
	i := d.Column - 1
	if i < 0 || i >= len(d.Content.Columns) {
		return "sort: as they came"
	}
	arrow := t.ArrowDown
	if d.reversed {
		arrow = t.ArrowUp
	}
	return "sort: " + strings.ToLower(d.Content.Columns[i].Title) + " " + arrow
}
