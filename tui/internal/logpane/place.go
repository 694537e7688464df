package logpane

import (
	"maps"
	"slices"

	"bones-tui/logview"
)

// Show puts the cursor on a row of a page, and the row in the middle.
func (p *Pane) Show(page logview.Page, at int) {
	p.Version++
	p.clear()
	p.held = false
	p.Window.follow = false
	p.Window.replace(page, at)
	p.Window.list.Top = max(at-p.rowsHigh()/2, 0)
	p.Window.list.Move(0)
	p.tall.top = logview.Pos{}
}

// Chosen is the row under the cursor: while following, the newest one.
func (p *Pane) Chosen() (row logview.Row, ok bool) {
	if len(p.Window.Rows) == 0 {
		return row, false
	}
	return p.Window.Rows[p.Window.list.Cursor], true
}

// Shown is the filter that rows must pass to be on the screen.
func (p *Pane) Shown() *logview.Filter {
	if p.Marking {
		return nil
	}
	return p.Filter
}

// Mark marks the row under the cursor, or takes the mark away.
func (p *Pane) Mark() {
	row, ok := p.Chosen()
	if !ok {
		return
	}
	p.Version++
	if p.marks == nil {
		p.marks = map[logview.Pos]logview.Row{}
	}
	if _, marked := p.marks[row.Pos]; marked {
		delete(p.marks, row.Pos)
	} else {
		p.marks[row.Pos] = row
	}
	delete(p.cache, row.Pos)
}

// NextMark is the first marked row after the cursor, else the first of all.
func (p *Pane) NextMark() (row logview.Row, ok bool) {
	if len(p.marks) == 0 {
		return row, false
	}
	marks := slices.SortedFunc(maps.Keys(p.marks), func(a, b logview.Pos) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
	i := slices.IndexFunc(marks, p.Window.here().Before)
	return p.marks[marks[max(i, 0)]], true
}
