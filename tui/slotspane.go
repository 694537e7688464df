package tui

import (
	"fmt"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/scroll"
)

// slotsPane is the table of slots. Its cursor stays on a slot's name, however
// the rows move.
type slotsPane struct {
	w, h      int
	focused   bool
	host      string
	all       []*slotRow
	rows      []*slotRow // those that match the filter
	filter    *logview.Filter
	now       time.Time
	known     bool      // a snapshot has arrived
	lost      bool      // there will be no other snapshot
	problem   safe.Text // why the snapshot may not tell how things are
	fresh     time.Time // when it last did
	aged      bool      // since then it does not
	order     slotOrder
	chosen    string // name that the operator has put the cursor on; "": it is on the top row
	list      scroll.List
	barsAbove [2]int
	version   int // grows with every change of what is shown
	banner    []cells.Span
}

// SetSize gives the pane its cells.
func (p *slotsPane) SetSize(w, h int) { p.w, p.h = w, h; p.fit() }

// SetFocus tells the pane whether it hears the keys.
func (p *slotsPane) SetFocus(on bool) { p.focused = on }

// SetSlots takes a new snapshot.
func (p *slotsPane) SetSlots(all []slots.Slot, now time.Time) {
	p.known, p.lost = true, false
	p.all = make([]*slotRow, len(all))
	for i, s := range all {
		p.all[i] = &slotRow{
			Slot: s, name: cells.Clean(s.Name), task: cells.Clean(s.TaskID), title: cells.Clean(s.Title),
			agent: cells.Clean(s.Agent), machine: cells.Clean(s.Host),
		}
	}
	p.SetTime(now)
}

// SetTime works out the states as they are now, and sorts by them.
func (p *slotsPane) SetTime(now time.Time) {
	p.version++
	p.now = now
	p.rows = p.rows[:0]
	for _, r := range p.all {
		r.state = r.State(now, p.host)
		if p.filter == nil || r.matches(p.filter, now) {
			p.rows = append(p.rows, r)
		}
	}
	p.order.sort(p.rows)
	p.fit()
}

// SetFilter shows only the slots that match.
func (p *slotsPane) SetFilter(f *logview.Filter) {
	p.filter = f
	p.SetTime(p.now)
}

// SetProblem says why no snapshot can be had; the last one stays.
func (p *slotsPane) SetProblem(err error) {
	p.lost, p.aged, p.problem = true, true, cells.Clean(err.Error())
	p.version++
}

// SetSource says whether the snapshot tells how things are at a time, and if not, why.
func (p *slotsPane) SetSource(current bool, problem string, now time.Time) {
	switch {
	case p.lost:
		return
	case current:
		p.fresh = now
	}
	p.aged, p.problem = !current, cells.Clean(problem)
	p.version++
}

// SetBanner puts lines above the rows: why there is no hub behind them.
func (p *slotsPane) SetBanner(b []cells.Span) { p.banner = b; p.version++ }

// Act obeys moves and sorting.
func (p *slotsPane) Act(a keymap.Action) {
	p.version++
	switch {
	case p.list.Act(a):
		if len(p.rows) > 0 {
			p.chosen = p.rows[p.list.Cursor].Name
		}
	case a == keymap.Sort:
		p.order.next()
	case a == keymap.Reverse:
		p.order.reversed = !p.order.reversed
	}
	p.order.sort(p.rows)
	p.fit()
}

// fit puts the cursor back on its slot, or leaves it on the row if that is gone.
func (p *slotsPane) fit() {
	if p.chosen == "" {
		p.list.Cursor = 0
	}
	for i := range p.rows {
		if p.rows[i].Name == p.chosen {
			p.list.Cursor = i
		}
	}
	p.list.Resize(len(p.rows), p.h-2)
	if len(p.rows) > 0 && p.chosen != "" {
		p.chosen = p.rows[p.list.Cursor].Name
	}
}

// Chosen is the slot under the cursor, nil if there is none.
func (p *slotsPane) Chosen() *slotRow {
	if len(p.rows) == 0 {
		return nil
	}
	return p.rows[p.list.Cursor]
}

// View draws the rule, the column titles and the rows that fit.
func (p *slotsPane) View(t *cells.Theme, now time.Time) []string {
	lines := []string{p.heading(t, now)}
	for _, b := range p.bannerLines() {
		lines = append(lines, cells.NewLine(t, p.w).Gap(2).Put(b.Style, b.Text).String())
	}
	switch {
	case len(p.rows) > 0:
		lines = append(lines, p.table(t, now)...)
	case len(p.banner) == 0:
		lines = append(lines, cells.NewLine(t, p.w).Gap(2).Put(t.Dim, p.empty()).String())
	}
	return cells.Fit(lines, p.h)
}

// bannerLines is the banner as it stands on the screen.
func (p *slotsPane) bannerLines() []cells.Span {
	var out []cells.Span
	for _, b := range p.banner {
		for _, text := range cells.Wrap(b.Text, p.w-4) {
			out = append(out, b.Span(text))
		}
	}
	return out
}

func (p *slotsPane) empty() string {
	switch {
	case !p.known:
		return "looking for slots"
	case len(p.all) > 0 && p.focused:
		return "no slot matches the filter (esc clears it)"
	case len(p.all) > 0:
		return "no slot matches the filter"
	}
	return "no slots: an agent gets one with  bones swarm join"
}

func (p *slotsPane) table(t *cells.Theme, now time.Time) []string {
	columns := slotColumns(p.w)
	lines := []string{titles(t, columns, p.w)}
	shown := min(p.h-2, len(p.rows)-p.list.Top)
	for i := p.list.Top; i < p.list.Top+shown; i++ {
		lines = append(lines, p.row(t, columns, i, now))
	}
	return lines
}

func (p *slotsPane) row(t *cells.Theme, columns []column, i int, now time.Time) string {
	r := p.rows[i]
	base := t.Plain
	l := cells.NewLine(t, p.w)
	switch {
	case i == p.list.Cursor && p.focused:
		base = t.Bold
		l.Put(t.Bold, t.Cursor+" ")
	case i == p.list.Cursor:
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

// heading counts the slots by state, the worrying ones in their colour.
func (p *slotsPane) heading(t *cells.Theme, now time.Time) string {
	r := cells.Rule{Focused: p.focused, BarsAbove: p.barsAbove, Left: []cells.Span{t.Bold.Span(paneSlots.String())}}
	n := map[slots.State]int{}
	for i := range p.all {
		n[p.all[i].state]++
	}
	for _, s := range slots.States() {
		if n[s] > 0 {
			st := slotStyle(t, s)
			if s == slots.Active || s == slots.Remote {
				st = t.Plain
			}
			r.Left = append(r.Left, st.Span(fmt.Sprintf("%d %s", n[s], s)))
		}
	}
	if text := p.filter.String(); text != "" {
		r.Left = append(r.Left, t.Plain.Span(cells.Clean(text).Cut(max(p.w/3, 12)).String()))
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("%d of %d", len(p.rows), len(p.all))))
	}
	if hidden := len(p.rows) - (p.h - 2); hidden > 0 && p.h > 2 {
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("%d-%d of %d", p.list.Top+1, p.list.Top+p.h-2, len(p.rows))))
	}
	if len(p.rows) > 0 {
		r.Right = append(r.Right, t.Dim.Span("sort: "+p.order.String(t)))
	}
	if p.problem.Width() > 0 {
		r.Right = append(r.Right, t.Warn.Span(p.problem.Cut(max(p.w/2, 10)).String()))
	}
	if p.aged && p.known && !p.fresh.IsZero() {
		r.Right = append(r.Right, t.Warn.Span("as of "+cells.Ago(p.fresh, now)))
	}
	return r.String(t, p.w)
}
