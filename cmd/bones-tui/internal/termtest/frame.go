package termtest

import (
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Frame is what a terminal shows at one moment. It is a copy: later output does not change it.
type Frame struct {
	Width, Height int
	// Cells holds Height rows of Width cells, row after row.
	Cells []Cell
	// Cursor is where the cursor stands.
	Cursor Cursor
	// Title is the window title that the program has set, if any.
	Title string
}

// Cell is one place of the screen.
type Cell struct {
	// Text is one grapheme cluster, "" for the second column of a wide one.
	Text string
	// Width is the number of columns the cluster takes: 0, 1 or 2.
	Width int
	Style
}

// Style is how a cell looks. A nil colour is the terminal's default. Colours of the palette are
// ansi.BasicColor or ansi.IndexedColor of github.com/charmbracelet/x/ansi, others color.RGBA.
type Style struct {
	Fg, Bg, UnderlineColor                                          color.Color
	Bold, Faint, Italic, Underline, Blink, Reverse, Conceal, Struck bool
}

// Cursor is the place and the look of the cursor.
type Cursor struct {
	X, Y    int
	Visible bool
	Shape   CursorShape
}

// CursorShape is the look of the cursor.
type CursorShape uint8

// The shapes a program can ask for.
const (
	CursorBlock CursorShape = iota
	CursorUnderline
	CursorBar
)

// At returns the cell in column x of row y, both counted from 0; the zero Cell outside the screen.
func (f Frame) At(x, y int) Cell {
	if x < 0 || y < 0 || x >= f.Width || y >= f.Height {
		return Cell{}
	}
	return f.Cells[y*f.Width+x]
}

// Line returns the text of row y, counted from 0, without trailing spaces; "" outside the screen.
func (f Frame) Line(y int) string {
	var b strings.Builder
	for x := range f.Width {
		b.WriteString(f.At(x, y).Text)
	}
	return strings.TrimRight(b.String(), " ")
}

// String returns the text of the screen: Height lines without trailing spaces, joined by newlines.
func (f Frame) String() string {
	lines := make([]string, f.Height)
	for y := range lines {
		lines[y] = f.Line(y)
	}
	return strings.Join(lines, "\n")
}

// Find returns the column and the row where text first stands within one line, counted from 0, in columns.
func (f Frame) Find(text string) (x, y int, ok bool) {
	for y := range f.Height {
		before, _, found := strings.Cut(f.Line(y), text)
		if !found {
			continue
		}
		for x := range f.Width {
			cell := f.At(x, y)
			if before == "" && cell.Width > 0 {
				return x, y, true
			}
			before = strings.TrimPrefix(before, cell.Text)
		}
	}
	return 0, 0, false
}

// Has reports whether text stands within one line.
func (f Frame) Has(text string) bool {
	_, _, ok := f.Find(text)
	return ok
}

// Boxed returns the text of the screen with a frame around it, for the messages of failed tests.
func (f Frame) Boxed() string {
	edge := strings.Repeat("─", f.Width)
	var b strings.Builder
	b.WriteString("┌" + edge + "┐\n")
	for y := range f.Height {
		line := f.Line(y)
		b.WriteString("│" + line + strings.Repeat(" ", max(f.Width-ansi.StringWidth(line), 0)) + "│\n")
	}
	b.WriteString("└" + edge + "┘")
	return b.String()
}
