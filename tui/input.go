package tui

import (
	"charm.land/bubbles/v2/textinput"
	"charm.land/lipgloss/v2"
)

// newInput is a line to type in. It uses the terminal's own cursor, which needs
// no timer to blink.
func newInput(prompt string) textinput.Model {
	in := textinput.New()
	in.Prompt = prompt
	in.SetVirtualCursor(false)
	st := in.Styles()
	st.Focused.Prompt = lipgloss.NewStyle().Bold(true)
	st.Focused.Text = lipgloss.NewStyle()
	in.SetStyles(st)
	return in
}
