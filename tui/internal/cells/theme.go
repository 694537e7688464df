package cells

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Style is a lipgloss style whose escape codes are worked out once, so that a
// row costs string joins and nothing is measured twice.
type Style struct{ on, off string }

func newStyle(s lipgloss.Style) Style {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return Style{on: on, off: off}
}

// Paint wraps text, which must already be safe to show.
func (s Style) Paint(text string) string {
	if text == "" || s.on == "" {
		return text
	}
	return s.on + text + s.off
}

// Theme is every style and glyph of the screen. Colour means state and nothing
// else; hierarchy comes from bold and faint, which survive NO_COLOR.
type Theme struct {
	Plain, Bold, Dim          Style
	OK, Warn, Bad, Busy       Style // states
	OKBold, WarnBold, BadBold Style
	BusyBold, Reverse         Style
	Glyphs
}

// Colors are the colours of states: the number of one of the terminal's own (0 to 255),
// or #rrggbb.
type Colors struct{ OK, Warn, Bad, Busy string }

// NewTheme takes its colours from the terminal's own sixteen, except the warning
// colour on a light background, where plain yellow cannot be read.
func NewTheme(dark, ascii bool, c Colors) *Theme {
	base := lipgloss.NewStyle()
	fg := func(c string) lipgloss.Style { return base.Foreground(lipgloss.Color(c)) }
	if !dark && c.Warn == "3" {
		c.Warn = "130"
	}
	t := &Theme{
		Bold: newStyle(base.Bold(true)), Dim: newStyle(base.Faint(true)),
		OK: newStyle(fg(c.OK)), Warn: newStyle(fg(c.Warn)), Bad: newStyle(fg(c.Bad)), Busy: newStyle(fg(c.Busy)),
		OKBold: newStyle(fg(c.OK).Bold(true)), WarnBold: newStyle(fg(c.Warn).Bold(true)),
		BadBold: newStyle(fg(c.Bad).Bold(true)), BusyBold: newStyle(fg(c.Busy).Bold(true)),
		Reverse: newStyle(base.Reverse(true)),
		Glyphs:  unicodeGlyphs(),
	}
	if ascii {
		t.Glyphs = asciiGlyphs()
	}
	return t
}

// Arrows is text with the arrows in it as the theme can draw them.
func (t *Theme) Arrows(text string) string {
	return strings.NewReplacer("↑", t.ArrowUp, "↓", t.ArrowDown, "←", t.arrowLeft, "→", t.arrowRight).Replace(text)
}

// Ellipsis ends a text that was cut, on screens that can draw it.
const Ellipsis = "…"

// Glyphs are the signs that go with words; every one is a single cell wide.
type Glyphs struct {
	Up, Alert, Fault, Work, Off, Far, Unknown string // states
	WarnRow, ErrorRow, RawRow, GapRow, Mark   string // the log's gutter
	Cursor, Focus, Done, Ellipsis             string
	thin, thick, Bar, Tee, joint              string // rules
	ArrowUp, ArrowDown, arrowLeft, arrowRight string
	Spark                                     []string
	box                                       lipgloss.Border
}

func unicodeGlyphs() Glyphs {
	return Glyphs{
		Up: "●", Alert: "!", Fault: "■", Work: "◐", Off: "○", Far: "◌", Unknown: "?",
		WarnRow: "▲", ErrorRow: "■", RawRow: "┆", GapRow: "~", Mark: "◆",
		Cursor: "▌", Focus: "▸", Done: "✓", Ellipsis: Ellipsis,
		thin: "─", thick: "━", Bar: "│", Tee: "┬", joint: "┴",
		ArrowUp: "↑", ArrowDown: "↓", arrowLeft: "←", arrowRight: "→",
		Spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
		box:   lipgloss.RoundedBorder(),
	}
}

func asciiGlyphs() Glyphs {
	return Glyphs{
		Up: "*", Alert: "!", Fault: "X", Work: "~", Off: "o", Far: "@", Unknown: "?",
		WarnRow: "!", ErrorRow: "X", RawRow: ":", GapRow: "~", Mark: "+",
		Cursor: ">", Focus: ">", Done: "v", Ellipsis: ".",
		thin: "-", thick: "=", Bar: "|", Tee: "+", joint: "+",
		ArrowUp: "^", ArrowDown: "v", arrowLeft: "<", arrowRight: ">",
		Spark: []string{"_", ".", ":", "-", "=", "+", "*", "#"},
		box:   lipgloss.ASCIIBorder(),
	}
}
