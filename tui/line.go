package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview/safe"
)

// line builds one screen row from styled pieces and never grows past its width.
// Text from outside goes in through text, which only takes a safe.Text.
type line struct {
	b        strings.Builder
	at, end  int
	ellipsis string
}

// ellipsis ends a text that was cut, on screens that can draw it.
const ellipsis = "…"

func newLine(t *theme, width int) *line {
	return &line{end: max(width, 0), ellipsis: t.ellipsis}
}

// put appends text of our own making, cut to what is left of the row.
func (l *line) put(s style, text string) *line {
	l.at += l.write(s, text, l.end-l.at)
	return l
}

// text appends text from outside, cut to what is left of the row.
func (l *line) text(s style, t safe.Text) *line { return l.put(s, t.String()) }

// cell appends text in a column of exactly width cells, left-aligned.
func (l *line) cell(s style, text string, width int) *line {
	width = min(width, l.end-l.at)
	if width <= 0 {
		return l
	}
	n := l.write(s, text, width)
	l.at += n
	return l.to(l.at + width - n)
}

// right appends text in a column of exactly width cells, right-aligned.
func (l *line) right(s style, text string, width int) *line {
	return l.to(l.at+width-cells(text)).put(s, text)
}

// to moves to a column by adding spaces; it never moves back.
func (l *line) to(column int) *line {
	if n := min(column, l.end) - l.at; n > 0 {
		l.b.WriteString(strings.Repeat(" ", n))
		l.at += n
	}
	return l
}

// gap adds n spaces.
func (l *line) gap(n int) *line { return l.to(l.at + n) }

// column is where the next piece goes.
func (l *line) column() int { return l.at }

// width is the number of cells that the row may take.
func (l *line) width() int { return l.end }

// left says how many cells are free.
func (l *line) left() int { return l.end - l.at }

func (l *line) String() string { return l.b.String() }

func (l *line) write(s style, text string, room int) int {
	if l.ellipsis != ellipsis { // a text may have been cut before it came here
		text = strings.ReplaceAll(text, ellipsis, l.ellipsis)
	}
	n := cells(text)
	if n > room {
		if room <= 0 {
			return 0
		}
		text = ansi.Truncate(text, room, l.ellipsis)
		n = cells(text)
	}
	l.b.WriteString(s.paint(text))
	return n
}

// cells is the number of screen cells that text takes. Nearly all text is
// printable ASCII, for which counting bytes is enough.
func cells(text string) int {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return ansi.StringWidth(text)
		}
	}
	return len(text)
}

// span is a styled piece of a rule or of the header.
type span struct {
	style
	text string
}

// span is text of our own making in the style.
func (s style) span(text string) span { return span{style: s, text: text} }

func (s span) width() int { return cells(s.text) }

// styled appends a piece that already carries its styles.
func (l *line) styled(s string) *line {
	if n := ansi.StringWidth(s); n <= l.left() {
		l.b.WriteString(s)
		l.at += n
		return l
	}
	return l.styled(ansi.Truncate(s, l.left(), l.ellipsis))
}

// clean makes outside text fit to be shown.
func clean(s string) safe.Text { return safe.String(s) }
