// Package safe turns text from outside (log lines, slot names, commit
// comments, file names, error messages) into text that a terminal can only
// print, never obey.
//
// [Text] is the proof: its content has passed the sanitiser, because nothing
// else can make a non-empty one. What a reader cannot see, or what would move
// the cursor, reorder or hide other text, is spelled out instead:
//
//	C0 controls and DEL                   ^[  ^M  ^J  ^?
//	bytes that are not UTF-8              \x9b
//	C1, bidi, zero-width, tag, filler,    <U+202E>
//	line separator, variation selector,
//	unassigned (as far as we know)
//	combining marks beyond three          <+12 marks>
//	tab                                   spaces to the next multiple of eight
//
// Everything else stays as it is.
package safe

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Text is sanitised text on one line. The zero value is empty.
type Text struct {
	s     string
	width int
}

// String sanitises all of s.
func String(s string) Text {
	if isPlain(s) {
		return Text{s: s, width: len(s)}
	}
	return measured(escape(s))
}

// Line sanitises as much of s as fits into width cells and marks what it
// left out with "…". Its cost depends on width, not on the length of s.
func Line(s string, width int) Text {
	if width <= 0 {
		return Text{}
	}
	// The narrowest escape of a byte is one cell, so more bytes than this
	// fit only as marks and wide runes of four bytes each.
	const perCell, slack = 8, 64
	limit := width*perCell + slack
	if len(s) <= limit {
		return String(s).Cut(width)
	}
	t := String(s[:runeStart(s, limit)])
	if t.width <= width {
		t = Text{s: t.s + "…", width: t.width + 1}
	}
	return t.Cut(width)
}

// String returns the text; it holds no control and no format character.
func (t Text) String() string { return t.s }

// Width is the number of terminal cells of the text.
func (t Text) Width() int { return t.width }

// Cut shortens the text to at most width cells; a shortened text ends in "…".
func (t Text) Cut(width int) Text {
	if t.width <= width {
		return t
	}
	if width <= 0 {
		return Text{}
	}
	end, _ := advance(t.s, width-1)
	return measured(t.s[:end] + "…")
}

// Window returns the cells from left on, at most width of them, for a view
// that scrolls sideways. The half of a wide character becomes a space.
func (t Text) Window(left, width int) Text {
	left = max(left, 0)
	if width <= 0 || left >= t.width {
		return Text{}
	}
	start, column := advance(t.s, left)
	pad := ""
	if column < left {
		cluster, w := ansi.FirstGraphemeCluster(t.s[start:], ansi.GraphemeWidth)
		start += len(cluster)
		pad = strings.Repeat(" ", min(column+w-left, width))
	}
	rest := t.s[start:]
	end, _ := advance(rest, width-len(pad))
	return measured(pad + rest[:end])
}

// advance returns the length of the longest beginning of s, in whole
// characters, that takes at most width cells, and the cells it takes.
func advance(s string, width int) (end, column int) {
	for end < len(s) {
		cluster, w := ansi.FirstGraphemeCluster(s[end:], ansi.GraphemeWidth)
		if column+w > width || cluster == "" {
			break
		}
		end, column = end+len(cluster), column+w
	}
	return end, column
}

func measured(s string) Text {
	if isPlain(s) {
		return Text{s: s, width: len(s)}
	}
	return Text{s: s, width: ansi.StringWidth(s)}
}

// isPlain reports whether s is printable ASCII throughout.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// runeStart is the last position at or before i where a rune of s may begin.
func runeStart(s string, i int) int {
	for back := 0; back < 3 && i > 0 && s[i]&0xC0 == 0x80; back++ {
		i--
	}
	return i
}
