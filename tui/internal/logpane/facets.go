package logpane

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/scroll"
)

// FacetsView counts the lines of the log pane by what they have in common: over
// time, and by the values of each field that tells lines apart.
type FacetsView struct {
	facets  logview.Facets
	known   bool // counts have arrived
	columns []facetColumn
	at      int // the column that has the cursor
	stale   bool
	past    []*logview.Filter // those before each choice
}

// facetColumn is the values of one field with their counts.
type facetColumn struct {
	name   string
	values []facetValue
	chosen string // the value that the operator has put the cursor on
	list   scroll.List
}

type facetValue struct {
	raw  string
	text safe.Text
	rows int64
}

// facetFields are the fields that are counted, in the order of their columns.
var facetFields = [...]string{"level", "event", "rpc", "agent", "slot"}

func newFacetsView() *FacetsView {
	v := &FacetsView{columns: make([]facetColumn, len(facetFields))}
	for i, name := range facetFields {
		v.columns[i].name = name
	}
	return v
}

// SetFacets takes new counts. The cursor stays on its value, however the values
// move; if the value is gone, on its row.
func (v *FacetsView) SetFacets(f logview.Facets) {
	v.facets, v.known, v.stale = f, true, false
	for i, values := range [...][]logview.Facet{levelFacets(f), f.Events, f.RPCs, f.Agents, f.Slots} {
		v.columns[i].set(values)
	}
}

// Outdate says that the counts are those of another filter, until new ones come.
func (v *FacetsView) Outdate() { v.stale = true }

func levelFacets(f logview.Facets) []logview.Facet {
	var out []logview.Facet
	for level := hublog.LevelError; ; level-- {
		if n := f.Levels[level]; n > 0 {
			out = append(out, logview.Facet{Value: strings.ToLower(level.String()), Rows: n})
		}
		if level == hublog.LevelDebug {
			return out
		}
	}
}

func (c *facetColumn) set(facets []logview.Facet) {
	c.values = make([]facetValue, len(facets))
	for i, f := range facets {
		c.values[i] = facetValue{raw: f.Value, text: cells.Clean(f.Value), rows: f.Rows}
		if f.Value == c.chosen && c.chosen != "" {
			c.list.Cursor = i
		}
	}
	c.list.Resize(len(c.values), c.list.Height)
}

// Act obeys moves, within a column and between the columns.
func (v *FacetsView) Act(a keymap.Action) {
	switch a {
	case keymap.Left:
		v.at = (v.at + len(v.columns) - 1) % len(v.columns)
	case keymap.Right:
		v.at = (v.at + 1) % len(v.columns)
	default:
		if c := &v.columns[v.at]; c.list.Act(a) && len(c.values) > 0 {
			c.chosen = c.values[c.list.Cursor].raw
		}
	}
}

// Chosen is the value under the cursor and its field; ok is false if there is none.
func (v *FacetsView) Chosen() (field, value string, ok bool) {
	c := &v.columns[v.at]
	if c.list.Cursor >= len(c.values) {
		return "", "", false
	}
	value = c.values[c.list.Cursor].raw
	if c.name == "event" && value == logview.KindRaw.String() {
		return "kind", value, true
	}
	return c.name, value, true
}

// Undoable reports whether there is a choice to take back.
func (v *FacetsView) Undoable() bool { return len(v.past) > 0 }

// Scroll moves the values on the screen of the column that has the cursor.
func (v *FacetsView) Scroll(by int) { v.columns[v.at].list.Wheel(by) }

// Undo takes back the last choice and returns the filter before it.
func (v *FacetsView) Undo() (before *logview.Filter, ok bool) {
	n := len(v.past) - 1
	if n < 0 {
		return nil, false
	}
	before, v.past = v.past[n], v.past[:n]
	return before, true
}

// Sizes of the view: the narrowest column, and the least height with a histogram.
const (
	facetWidth     = 26
	facetHistogram = 9
)

// View draws the rule, the histogram and the columns that fit, among them the one
// with the cursor.
func (v *FacetsView) View(t *cells.Theme, w, h int, filter safe.Text, z *time.Location) []string {
	rows := []string{v.heading(t, w, filter)}
	if h >= facetHistogram {
		rows = append(rows, histogram(t, v.facets, w, z)...)
		rows = append(rows, "")
	}
	n := min(max(w/facetWidth, 1), len(v.columns))
	first := min(v.at, len(v.columns)-n)
	return cells.Fit(append(rows, v.table(t, w, h-len(rows), first, n)...), h)
}

func (v *FacetsView) heading(t *cells.Theme, w int, filter safe.Text) string {
	r := cells.Rule{Focused: true, Left: []cells.Span{t.Bold.Span("FACETS")}}
	if filter.Width() > 0 {
		r.Left = append(r.Left, t.Plain.Span(filter.Cut(max(w/2, 12)).String()))
	}
	text := "counting"
	if v.known {
		text = cells.Plural(v.facets.Rows, "line", "lines")
		if !v.facets.Complete || v.stale {
			text += t.Ellipsis
		}
	}
	r.Right = []cells.Span{t.Dim.Span(text)}
	return r.String(t, w)
}

// table draws n columns side by side.
func (v *FacetsView) table(t *cells.Theme, w, h, first, n int) []string {
	lines := make([]*cells.Line, max(h, 0))
	for i := range lines {
		lines[i] = cells.NewLine(t, w)
	}
	for i := range n {
		c := &v.columns[first+i]
		c.list.Resize(len(c.values), max(h-1, 1))
		from, to := w*i/n, w*(i+1)/n
		for row, l := range lines {
			l.To(from)
			c.draw(t, l, row, to-from-1, first+i == v.at)
		}
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.String()
	}
	return out
}

// draw puts one row of the column on a line: its name, then its values.
func (c *facetColumn) draw(t *cells.Theme, l *cells.Line, row, width int, focused bool) {
	if row == 0 {
		st := t.Dim
		if focused {
			st = t.Bold
		}
		l.Gap(2).Put(st, strings.ToUpper(c.name)).Put(t.Dim, fmt.Sprintf(" %d", len(c.values)))
		return
	}
	i := c.list.Top + row - 1
	if i >= len(c.values) {
		if row == 1 {
			l.Gap(2).Put(t.Dim, "none")
		}
		return
	}
	v := c.values[i]
	st, sign := t.Plain, "  "
	if focused && i == c.list.Cursor {
		st, sign = t.Bold, t.Cursor+" "
	}
	if c.name == "level" {
		st = facetLevelStyle(t, v.raw, st)
	}
	n := cells.Count(v.rows)
	end := l.Column() + width
	l.Put(t.Bold, sign).Text(st, v.text.Cut(max(width-len(n)-4, 1))).To(end-len(n)-1).Put(t.Dim, n)
}

func facetLevelStyle(t *cells.Theme, level string, otherwise cells.Style) cells.Style {
	switch level {
	case "error":
		return t.BadBold
	case "warn":
		return t.WarnBold
	default:
		return otherwise
	}
}
