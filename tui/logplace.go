package tui

import (
	"maps"
	"slices"

	"bones-tui/logview"
)

// Show puts the cursor on a row of a page, and the row in the middle.
func (p *logPane) Show(page logview.Page, at int) {
	p.version++
	p.clear()
	p.held = false
	p.window.follow = false
	p.window.replace(page, at)
	p.window.list.Top = max(at-p.rowsHigh()/2, 0)
	p.window.list.Move(0)
	p.tall.top = logview.Pos{}
}

// Chosen is the row under the cursor: while following, the newest one.
func (p *logPane) Chosen() (row logview.Row, ok bool) {
	if len(p.window.rows) == 0 {
		return row, false
	}
	return p.window.rows[p.window.list.Cursor], true
}

// shown is the filter that rows must pass to be on the screen.
func (p *logPane) shown() *logview.Filter {
	if p.highlight {
		return nil
	}
	return p.filter
}

// Mark marks the row under the cursor, or takes the mark away.
func (p *logPane) Mark() {
	row, ok := p.Chosen()
	if !ok {
		return
	}
	p.version++
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
func (p *logPane) NextMark() (row logview.Row, ok bool) {
	if len(p.marks) == 0 {
		return row, false
	}
	marks := slices.SortedFunc(maps.Keys(p.marks), func(a, b logview.Pos) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
	i := slices.IndexFunc(marks, p.window.here().Before)
	return p.marks[marks[max(i, 0)]], true
}
