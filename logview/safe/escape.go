package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

const (
	tabStop  = 8
	maxMarks = 3 // more of them climb into the lines above and below
)

// escape spells out everything in s that a terminal would not simply print.
func escape(s string) string {
	e := escaper{}
	e.out.Grow(len(s) + len(s)/8)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			e.spell(fmt.Sprintf(`\x%02x`, s[i]))
		} else {
			e.rune(r)
		}
		i += n
	}
	e.endMarks()
	return e.out.String()
}

type escaper struct {
	out     strings.Builder
	column  int // cells up to measured
	counted int // bytes of out that column covers
	based   bool
	marks   int // combining marks since the last base character
}

func (e *escaper) rune(r rune) {
	if isOrdinary(r) {
		e.endMarks()
		e.out.WriteRune(r)
		e.based = true
		return
	}
	if unicode.In(r, unicode.Mn, unicode.Me) && !isInvisible(r) {
		e.mark(r)
		return
	}
	e.endMarks()
	switch {
	case r == '\t':
		e.tab()
	case r < ' ':
		e.spell("^" + string(r+'@'))
	case r == 0x7f:
		e.spell("^?")
	case isInvisible(r):
		e.spell(codePoint(r))
	default:
		e.out.WriteRune(r)
		e.based = true
	}
}

// mark keeps the first marks on a base character. A mark with nothing of ours
// to sit on would join whatever stands before the text on the screen.
func (e *escaper) mark(r rune) {
	if !e.based {
		e.spell(codePoint(r))
		return
	}
	e.marks++
	if e.marks <= maxMarks {
		e.out.WriteRune(r)
	}
}

func (e *escaper) endMarks() {
	if e.marks > maxMarks {
		fmt.Fprintf(&e.out, "<+%d marks>", e.marks-maxMarks)
	}
	e.marks = 0
}

// spell writes an escape; marks that follow it must not change its look.
func (e *escaper) spell(s string) {
	e.endMarks()
	e.out.WriteString(s)
	e.based = false
}

func (e *escaper) tab() {
	s := e.out.String()
	e.column += ansi.StringWidth(s[e.counted:])
	n := tabStop - e.column%tabStop
	for range n {
		e.out.WriteByte(' ')
	}
	e.column += n
	e.counted = len(s) + n
	e.based = true
}

func codePoint(r rune) string { return fmt.Sprintf("<U+%04X>", r) }

// isOrdinary is a quick yes for most letters in use; no means look closer.
func isOrdinary(r rune) bool {
	switch {
	case r < 0xA0:
		return r >= ' ' && r < 0x7f
	case r < 0x300:
		return r != 0xAD
	}
	return 0x3A3 <= r && r < 0x483 || 0x30A0 <= r && r < 0x3100 || 0x3400 <= r && r < 0xA000 || 0xAC00 <= r && r < 0xD7A4
}

// Shown reports whether a rune stands for itself in a Text: it has a picture of its
// own, or is a space or a mark on what stands before it.
func Shown(r rune) bool { return r >= ' ' && r != 0x7f && !isInvisible(r) }

// isInvisible reports runes that are shown as their code point: they have no
// picture of their own that we know, or they change how their neighbours are shown.
func isInvisible(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case !unicode.IsGraphic(r): // C1, formats, separators of lines, private, unassigned: no known picture nor width
		return true
	case r == 0x2800, r == 0x17B4, r == 0x17B5: // blank braille, Khmer inherent vowels
		return true
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
