package cells

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview/safe"
)

// Line builds one screen row from styled pieces and never grows past its width.
// Text from outside goes in through Text, which only takes a safe.Text.
type Line struct {
	b        strings.Builder
	at, end  int
	ellipsis string
}

// NewLine begins a row of width cells.
func NewLine(t *Theme, width int) *Line {
	return &Line{end: max(width, 0), ellipsis: t.Ellipsis}
}

// Put appends text of our own making, cut to what is left of the row.
func (l *Line) Put(s Style, text string) *Line {
	l.at += l.write(s, text, l.end-l.at)
	return l
}

// Text appends text from outside, cut to what is left of the row.
func (l *Line) Text(s Style, t safe.Text) *Line { return l.Put(s, t.String()) }

// Cell appends text in a column of exactly width cells, left-aligned.
func (l *Line) Cell(s Style, text string, width int) *Line {
	width = min(width, l.end-l.at)
	if width <= 0 {
		return l
	}
	n := l.write(s, text, width)
	l.at += n
	return l.To(l.at + width - n)
}

// Right appends text in a column of exactly width cells, right-aligned.
func (l *Line) Right(s Style, text string, width int) *Line {
	return l.To(l.at+width-Width(text)).Put(s, text)
}

// To moves to a column by adding spaces; it never moves back.
func (l *Line) To(column int) *Line {
	if n := min(column, l.end) - l.at; n > 0 {
		l.b.WriteString(strings.Repeat(" ", n))
		l.at += n
	}
	return l
}

// Gap adds n spaces.
func (l *Line) Gap(n int) *Line { return l.To(l.at + n) }

// Column is where the next piece goes.
func (l *Line) Column() int { return l.at }

// Width is the number of cells that the row may take.
func (l *Line) Width() int { return l.end }

// Left says how many cells are free.
func (l *Line) Left() int { return l.end - l.at }

// String is the row with its escape codes.
func (l *Line) String() string { return l.b.String() }

func (l *Line) write(s Style, text string, room int) int {
	if l.ellipsis != Ellipsis { // a text may have been cut before it came here
		text = strings.ReplaceAll(text, Ellipsis, l.ellipsis)
	}
	n := Width(text)
	if n > room {
		if room <= 0 {
			return 0
		}
		text = ansi.Truncate(text, room, l.ellipsis)
		n = Width(text)
	}
	l.b.WriteString(s.Paint(text))
	return n
}

// Width is the number of screen cells that text takes. Nearly all text is
// printable ASCII, for which counting bytes is enough.
func Width(text string) int {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return ansi.StringWidth(text)
		}
	}
	return len(text)
}

// Span is a styled piece of a rule or of the header.
type Span struct {
	Style
	Text string
}

// Span is text of our own making in the style.
func (s Style) Span(text string) Span { return Span{Style: s, Text: text} }

// Width is the number of cells that the span takes.
func (s Span) Width() int { return Width(s.Text) }

// Styled appends a piece that already carries its styles.
func (l *Line) Styled(s string) *Line {
	if n := ansi.StringWidth(s); n <= l.Left() {
		l.b.WriteString(s)
		l.at += n
		return l
	}
	return l.Styled(ansi.Truncate(s, l.Left(), l.ellipsis))
}

// Clean makes outside text fit to be shown.
func Clean(s string) safe.Text { return safe.String(s) }
