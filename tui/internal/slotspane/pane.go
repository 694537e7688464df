// Package slotspane is the table of slots: pane.go, and below it the order of its rows, their
// columns, what stands in a cell, and a row.
package slotspane

import (
	"fmt"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/scroll"
)

// Pane is the table of slots. Its cursor stays on a slot's name, however
// the rows move.
type Pane struct {
	w, h      int
	focused   bool
	Host      string
	All       []*Row
	Rows      []*Row // those that match the filter
	Filter    *logview.Filter
	now       time.Time
	Known     bool      // a snapshot has arrived
	lost      bool      // there will be no other snapshot
	Problem   safe.Text // why the snapshot may not tell how things are
	fresh     time.Time // when it last did
	aged      bool      // since then it does not
	Order     Order
	chosen    string // name that the operator has put the cursor on; "": it is on the top row
	List      scroll.List
	BarsAbove [2]int
	Version   int // grows with every change of what is shown
	banner    []cells.Span
}

// SetSize gives the pane its cells.
func (p *Pane) SetSize(w, h int) { p.w, p.h = w, h; p.fit() }

// SetFocus tells the pane whether it hears the keys.
func (p *Pane) SetFocus(on bool) { p.focused = on }

// SetSlots takes a new snapshot.
func (p *Pane) SetSlots(all []slots.Slot, now time.Time) {
	p.Known, p.lost = true, false
	p.All = make([]*Row, len(all))
	for i, s := range all {
		p.All[i] = &Row{
			Slot: s, Label: cells.Clean(s.Name), task: cells.Clean(s.TaskID), title: cells.Clean(s.Title),
			agent: cells.Clean(s.Agent), machine: cells.Clean(s.Host),
		}
	}
	p.SetTime(now)
}

// SetTime works out the states as they are now, and sorts by them.
func (p *Pane) SetTime(now time.Time) {
	p.Version++
	p.now = now
	p.Rows = p.Rows[:0]
	for _, r := range p.All {
		r.StateNow = r.State(now, p.Host)
		if p.Filter == nil || r.matches(p.Filter, now) {
			p.Rows = append(p.Rows, r)
		}
	}
	p.Order.sort(p.Rows)
	p.fit()
}

// SetFilter shows only the slots that match.
func (p *Pane) SetFilter(f *logview.Filter) {
	p.Filter = f
	p.SetTime(p.now)
}

// SetProblem says why no snapshot can be had; the last one stays.
func (p *Pane) SetProblem(err error) {
	p.lost, p.aged, p.Problem = true, true, cells.Clean(err.Error())
	p.Version++
}

// SetSource says whether the snapshot tells how things are at a time, and if not, why.
func (p *Pane) SetSource(current bool, problem string, now time.Time) {
	switch {
	case p.lost:
		return
	case current:
		p.fresh = now
	}
	p.aged, p.Problem = !current, cells.Clean(problem)
	p.Version++
}

// SetBanner puts lines above the rows: why there is no hub behind them.
func (p *Pane) SetBanner(b []cells.Span) { p.banner = b; p.Version++ }

// Act obeys moves and sorting.
func (p *Pane) Act(a keymap.Action) {
	p.Version++
	switch {
	case p.List.Act(a):
		if len(p.Rows) > 0 {
			p.chosen = p.Rows[p.List.Cursor].Name
		}
	case a == keymap.Sort:
		p.Order.next()
	case a == keymap.Reverse:
		p.Order.Reversed = !p.Order.Reversed
	}
	p.Order.sort(p.Rows)
	p.fit()
}

// fit puts the cursor back on its slot, or leaves it on the row if that is gone.
func (p *Pane) fit() {
	if p.chosen == "" {
		p.List.Cursor = 0
	}
	for i := range p.Rows {
		if p.Rows[i].Name == p.chosen {
			p.List.Cursor = i
		}
	}
	p.List.Resize(len(p.Rows), p.h-2)
	if len(p.Rows) > 0 && p.chosen != "" {
		p.chosen = p.Rows[p.List.Cursor].Name
	}
}

// Chosen is the slot under the cursor, nil if there is none.
func (p *Pane) Chosen() *Row {
	if len(p.Rows) == 0 {
		return nil
	}
	return p.Rows[p.List.Cursor]
}

// View draws the rule, the column titles and the rows that fit.
func (p *Pane) View(t *cells.Theme, now time.Time) []string {
	lines := []string{p.Heading(t, now)}
	for _, b := range p.bannerLines() {
		lines = append(lines, cells.NewLine(t, p.w).Gap(2).Put(b.Style, b.Text).String())
	}
	switch {
	case len(p.Rows) > 0:
		lines = append(lines, p.table(t, now)...)
	case len(p.banner) == 0:
		lines = append(lines, cells.NewLine(t, p.w).Gap(2).Put(t.Dim, p.empty()).String())
	}
	return cells.Fit(lines, p.h)
}

// bannerLines is the banner as it stands on the screen.
func (p *Pane) bannerLines() []cells.Span {
	var out []cells.Span
	for _, b := range p.banner {
		for _, text := range cells.Wrap(b.Text, p.w-4) {
			out = append(out, b.Span(text))
		}
	}
	return out
}

func (p *Pane) empty() string {
	switch {
	case !p.Known:
		return "looking for slots"
	case len(p.All) > 0 && p.focused:
		return "no slot matches the filter (esc clears it)"
	case len(p.All) > 0:
		return "no slot matches the filter"
	}
	return "no slots: an agent gets one with  bones swarm join"
}

func (p *Pane) table(t *cells.Theme, now time.Time) []string {
	columns := Columns(p.w)
	lines := []string{titles(t, columns, p.w)}
	shown := min(p.h-2, len(p.Rows)-p.List.Top)
	for i := p.List.Top; i < p.List.Top+shown; i++ {
		lines = append(lines, p.row(t, columns, i, now))
	}
	return lines
}

func (p *Pane) row(t *cells.Theme, columns []Column, i int, now time.Time) string {
	r := p.Rows[i]
	base := t.Plain
	l := cells.NewLine(t, p.w)
	switch {
	case i == p.List.Cursor && p.focused:
		base = t.Bold
		l.Put(t.Bold, t.Cursor+" ")
	case i == p.List.Cursor:
		l.Put(t.Dim, t.Cursor+" ")
	default:
		l.Gap(2)
	}
	for _, c := range columns {
		st, text := c.cell(t, base, r, now)
		l.Cell(st, text, c.width).Gap(2)
	}
	return l.String()
}

// Heading counts the slots by state, the worrying ones in their colour.
func (p *Pane) Heading(t *cells.Theme, now time.Time) string {
	r := cells.Rule{Focused: p.focused, BarsAbove: p.BarsAbove, Left: []cells.Span{t.Bold.Span(layout.Slots.String())}}
	n := map[slots.State]int{}
	for i := range p.All {
		n[p.All[i].StateNow]++
	}
	for _, s := range slots.States() {
		if n[s] > 0 {
			st := Style(t, s)
			if s == slots.Active || s == slots.Remote {
				st = t.Plain
			}
			r.Left = append(r.Left, st.Span(fmt.Sprintf("%d %s", n[s], s)))
		}
	}
	if text := p.Filter.String(); text != "" {
		r.Left = append(r.Left, t.Plain.Span(cells.Clean(text).Cut(max(p.w/3, 12)).String()))
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("%d of %d", len(p.Rows), len(p.All))))
	}
	if hidden := len(p.Rows) - (p.h - 2); hidden > 0 && p.h > 2 {
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("%d-%d of %d", p.List.Top+1, p.List.Top+p.h-2, len(p.Rows))))
	}
	if len(p.Rows) > 0 {
		r.Right = append(r.Right, t.Dim.Span("sort: "+p.Order.String(t)))
	}
	if p.Problem.Width() > 0 {
		r.Right = append(r.Right, t.Warn.Span(p.Problem.Cut(max(p.w/2, 10)).String()))
	}
	if p.aged && p.Known && !p.fresh.IsZero() {
		r.Right = append(r.Right, t.Warn.Span("as of "+cells.Ago(p.fresh, now)))
	}
	return r.String(t, p.w)
}

// Point puts the cursor on the slot in a row of the pane.
func (p *Pane) Point(row int) {
	i := p.List.Top + row - 2 - len(p.bannerLines()) // rule and titles
	if row < 2 || i < p.List.Top || i >= len(p.Rows) {
		return
	}
	p.Version++
	p.chosen = p.Rows[i].Name
	p.fit()
}

// Scroll moves the rows on the screen.
func (p *Pane) Scroll(by int) {
	p.Version++
	p.List.Wheel(by)
	if len(p.Rows) > 0 {
		p.chosen = p.Rows[p.List.Cursor].Name
	}
}
