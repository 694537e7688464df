package tui

import (
	"time"

	"bones-tui/logview/safe"
)

// tableColumn is a column of a table in a detail. One with a width of 0 takes the
// room that is left.
type tableColumn struct {
	title string
	width int
	wide  int  // its width on a wide screen, if that is another
	from  int  // least width of the screen on which it is shown
	until int  // least width on which it is not shown any more; 0: none
	right bool // numbers stand at the right
	index int  // of its cell
}

// cell is one value of a table. A time is shown as how long ago it was.
type cell struct {
	ink  ink
	text safe.Text
	at   time.Time

	number bool // it is sorted by its value
	value  float64
}

func textCell(s string) cell       { return cell{text: clean(s)} }
func inkCell(i ink, s string) cell { return cell{ink: i, text: clean(s)} }
func ageCell(at time.Time) cell    { return cell{at: at} }
func countCell(n int64) cell       { return textCell(count(n)).of(float64(n)) }
func sizeCell(n int64) cell        { return textCell(size(float64(n))).of(float64(n)) }

// of is the cell with the number that its text stands for.
func (c cell) of(n float64) cell {
	c.number, c.value = true, n
	return c
}

// wideScreen is the width from which a screen counts as wide.
const wideScreen = 100

// minFlexible is the least width of the column that takes what is left.
const minFlexible = 8

// fitColumns are the columns that a screen has room for, with their widths. The
// order is fixed; wider screens add columns and never move one.
func fitColumns(all []tableColumn, w int) []tableColumn {
	var out []tableColumn
	used, flexible := 2, -1
	for i, c := range all {
		if w < c.from || c.until > 0 && w >= c.until {
			continue
		}
		if c.width > 0 && c.wide > 0 && w >= wideScreen {
			c.width = c.wide
		}
		if c.width == 0 {
			flexible = len(out)
		}
		c.index = i
		out = append(out, c)
		used += c.width + 2
	}
	if flexible >= 0 {
		out[flexible].width = max(w-used+1, minFlexible)
	}
	return out
}

func tableTitles(t *theme, columns []tableColumn, w int) string {
	l := newLine(t, w).gap(2)
	for _, c := range columns {
		put(l, t.dim, c.title, c)
	}
	return l.String()
}

func put(l *line, s style, text string, c tableColumn) {
	if c.right {
		end := l.at + c.width
		l.right(s, text, c.width).to(end).gap(2)
		return
	}
	l.cell(s, text, c.width).gap(2)
}

// tableRow draws one row under its columns; chosen puts the cursor on it. Ages are
// counted from now.
func tableRow(t *theme, row []cell, columns []tableColumn, w int, chosen bool, now time.Time) string {
	l := newLine(t, w)
	base := t.plain
	if chosen {
		base = t.bold
		l.put(t.bold, t.cursor)
	}
	l.to(2)
	for _, c := range columns {
		x := row[c.index]
		st, text := base, x.text.String()
		if x.ink != inkPlain {
			st = t.ink(x.ink)
		}
		if !x.at.IsZero() {
			text = short(now.Sub(x.at))
		}
		put(l, st, text, c)
	}
	return l.String()
}
