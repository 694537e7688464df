package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// style is a lipgloss style whose escape codes are worked out once, so that a
// row costs string joins and nothing is measured twice.
type style struct{ on, off string }

func newStyle(s lipgloss.Style) style {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return style{on: on, off: off}
}

// paint wraps text, which must already be safe to show.
func (s style) paint(text string) string {
	if text == "" || s.on == "" {
		return text
	}
	return s.on + text + s.off
}

// theme is every style and glyph of the screen. Colour means state and nothing
// else; hierarchy comes from bold and faint, which survive NO_COLOR.
type theme struct {
	plain, bold, dim            style
	ok, warn, bad, busy         style // states
	okBold, warnBold, badBold   style
	busyBold, selected, reverse style
	glyphs
}

// colors are the colours of states: the number of one of the terminal's own (0 to 255),
// or #rrggbb.
type colors struct{ ok, warn, bad, busy string }

// newTheme takes its colours from the terminal's own sixteen, except the warning
// colour on a light background, where plain yellow cannot be read.
func newTheme(dark, ascii bool, c colors) *theme {
	base := lipgloss.NewStyle()
	fg := func(c string) lipgloss.Style { return base.Foreground(lipgloss.Color(c)) }
	if !dark && c.warn == "3" {
		c.warn = "130"
	}
	t := &theme{
		bold: newStyle(base.Bold(true)), dim: newStyle(base.Faint(true)),
		ok: newStyle(fg(c.ok)), warn: newStyle(fg(c.warn)), bad: newStyle(fg(c.bad)), busy: newStyle(fg(c.busy)),
		okBold: newStyle(fg(c.ok).Bold(true)), warnBold: newStyle(fg(c.warn).Bold(true)),
		badBold: newStyle(fg(c.bad).Bold(true)), busyBold: newStyle(fg(c.busy).Bold(true)),
		selected: newStyle(base.Bold(true)), reverse: newStyle(base.Reverse(true)),
		glyphs: unicodeGlyphs(),
	}
	if ascii {
		t.glyphs = asciiGlyphs()
	}
	return t
}

// arrows is text with the arrows in it as the theme can draw them.
func (t *theme) arrows(text string) string {
	return strings.NewReplacer("↑", t.arrowUp, "↓", t.arrowDown, "←", t.arrowLeft, "→", t.arrowRight).Replace(text)
}

// glyphs are the signs that go with words; every one is a single cell wide.
type glyphs struct {
	up, alert, fault, work, off, far, unknown string // states
	warnRow, errorRow, rawRow, gapRow, mark   string // the log's gutter
	cursor, focus, done, ellipsis             string
	thin, thick, bar, tee, joint              string // rules
	arrowUp, arrowDown, arrowLeft, arrowRight string
	spark                                     []string
	box                                       lipgloss.Border
}

func unicodeGlyphs() glyphs {
	return glyphs{
		up: "●", alert: "!", fault: "■", work: "◐", off: "○", far: "◌", unknown: "?",
		warnRow: "▲", errorRow: "■", rawRow: "┆", gapRow: "~", mark: "◆",
		cursor: "▌", focus: "▸", done: "✓", ellipsis: ellipsis,
		thin: "─", thick: "━", bar: "│", tee: "┬", joint: "┴",
		arrowUp: "↑", arrowDown: "↓", arrowLeft: "←", arrowRight: "→",
		spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
		box:   lipgloss.RoundedBorder(),
	}
}

func asciiGlyphs() glyphs {
	return glyphs{
		up: "*", alert: "!", fault: "X", work: "~", off: "o", far: "@", unknown: "?",
		warnRow: "!", errorRow: "X", rawRow: ":", gapRow: "~", mark: "+",
		cursor: ">", focus: ">", done: "v", ellipsis: ".",
		thin: "-", thick: "=", bar: "|", tee: "+", joint: "+",
		arrowUp: "^", arrowDown: "v", arrowLeft: "<", arrowRight: ">",
		spark: []string{"_", ".", ":", "-", "=", "+", "*", "#"},
		box:   lipgloss.ASCIIBorder(),
	}
}
