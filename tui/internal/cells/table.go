package cells

import (
	"cmp"
	"strings"
	"time"

	"bones-tui/logview/safe"
)

// Column is a column of a table. One with a width of 0 takes the room that is left.
type Column struct {
	Title string
	Width int
	Wide  int  // its width on a wide screen, if that is another
	From  int  // least width of the screen on which it is shown
	Until int  // least width on which it is not shown any more; 0: none
	Right bool // numbers stand at the right
	Index int  // of its cell
}

// Cell is one value of a table. A time is shown as how long ago it was.
type Cell struct {
	ink  Ink
	Text safe.Text
	At   time.Time

	Number bool // it is sorted by its value
	Value  float64
}

// TextCell shows text from outside.
func TextCell(s string) Cell { return Cell{Text: Clean(s)} }

// InkCell is TextCell in a look of its own.
func InkCell(i Ink, s string) Cell { return Cell{ink: i, Text: Clean(s)} }

// AgeCell shows how long ago a time was.
func AgeCell(at time.Time) Cell { return Cell{At: at} }

// CountCell shows a number, by which it is sorted.
func CountCell(n int64) Cell { return TextCell(Count(n)).Of(float64(n)) }

// SizeCell shows a number of bytes, by which it is sorted.
func SizeCell(n int64) Cell { return TextCell(Size(float64(n))).Of(float64(n)) }

// Of is the cell with the number that its text stands for.
func (c Cell) Of(n float64) Cell {
	c.Number, c.Value = true, n
	return c
}

// Compare orders cells as one looks for them: the newest, the largest, A to Z. What
// is not known comes last.
func (c Cell) Compare(d Cell) int {
	switch {
	case !c.At.IsZero() || !d.At.IsZero():
		return d.At.Compare(c.At)
	case c.Number || d.Number:
		if c.Number != d.Number {
			return cmp.Compare(knownFirst(c), knownFirst(d))
		}
		return cmp.Compare(d.Value, c.Value)
	}
	return strings.Compare(strings.ToLower(c.Text.String()), strings.ToLower(d.Text.String()))
}

func knownFirst(c Cell) int {
	if c.Number {
		return 0
	}
	return 1
}

// WideScreen is the width from which a screen counts as wide.
const WideScreen = 100

// minFlexible is the least width of the column that takes what is left.
const minFlexible = 8

// FitColumns are the columns that a screen has room for, with their widths. The
// order is fixed; wider screens add columns and never move one.
func FitColumns(all []Column, w int) []Column {
	var out []Column
	used, flexible := 2, -1
	for i, c := range all {
		if w < c.From || c.Until > 0 && w >= c.Until {
			continue
		}
		if c.Width > 0 && c.Wide > 0 && w >= WideScreen {
			c.Width = c.Wide
		}
		if c.Width == 0 {
			flexible = len(out)
		}
		c.Index = i
		out = append(out, c)
		used += c.Width + 2
	}
	if flexible >= 0 {
		out[flexible].Width = max(w-used+1, minFlexible)
	}
	return out
}

// Titles draws the titles of the columns.
func Titles(t *Theme, columns []Column, w int) string {
	l := NewLine(t, w).Gap(2)
	for _, c := range columns {
		put(l, t.Dim, c.Title, c)
	}
	return l.String()
}

func put(l *Line, s Style, text string, c Column) {
	if c.Right {
		end := l.at + c.Width
		l.Right(s, text, c.Width).To(end).Gap(2)
		return
	}
	l.Cell(s, text, c.Width).Gap(2)
}

// Row draws one row under its columns; chosen puts the cursor on it. Ages are
// counted from now.
func Row(t *Theme, row []Cell, columns []Column, w int, chosen bool, now time.Time) string {
	l := NewLine(t, w)
	base := t.Plain
	if chosen {
		base = t.Bold
		l.Put(t.Bold, t.Cursor)
	}
	l.To(2)
	for _, c := range columns {
		x := row[c.Index]
		st, text := base, x.Text.String()
		if x.ink != InkPlain {
			st = t.Ink(x.ink)
		}
		if !x.At.IsZero() {
			text = Short(now.Sub(x.At))
		}
		put(l, st, text, c)
	}
	return l.String()
}
