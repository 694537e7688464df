// Package input is where text is typed: a line, and the line for a filter.
package input

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"bones-tui/logview/safe"
)

// New is a line to type in. It uses the terminal's own cursor, which needs
// no timer to blink.
func New(prompt string) textinput.Model {
	in := textinput.New()
	in.Prompt = prompt
	in.SetVirtualCursor(false)
	st := in.Styles()
	st.Focused.Prompt = lipgloss.NewStyle().Bold(true)
	st.Focused.Text = lipgloss.NewStyle()
	in.SetStyles(st)
	return in
}

// Readable is a key or a paste without what could not be seen in the input.
func Readable(msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		msg.Text = visible(msg.Text)
		return msg
	case tea.PasteMsg:
		msg.Content = visible(msg.Content)
		return msg
	}
	return msg
}

// visible is text without what could not be seen: an input shows it as it is. Ends
// of lines become spaces in it.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if safe.Shown(r) || r < 0x80 && unicode.IsSpace(r) {
			return r
		}
		return -1
	}, text)
}
