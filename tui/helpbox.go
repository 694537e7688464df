package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/slotspane"
)

// helpStyles are bold keys and faint words.
func helpStyles() help.Styles {
	keys, words := lipgloss.NewStyle().Bold(true), lipgloss.NewStyle().Faint(true)
	return help.Styles{
		ShortKey: keys, ShortDesc: words, ShortSeparator: words, Ellipsis: words,
		FullKey: keys, FullDesc: lipgloss.NewStyle(), FullSeparator: words,
	}
}

// footer names the keys that matter most now: the pane's at the left, the
// constant ones at the right.
func (m *model) footer() string {
	switch {
	case m.mode == modeFilter && m.input.Tells():
		return m.input.Told(m.theme, m.w)
	case m.mode == modeDialog: // whose box names the other keys
		return cells.NewLine(m.theme, m.w).Gap(1).Put(m.theme.Bold, "esc").Put(m.theme.Dim, " "+strings.ToLower(m.dialog.Keep)).String()
	}
	return m.drawn.footer.get(footerKey{m.situation(), m.theme, m.w}, m.drawFooter)
}

func (m *model) drawFooter() string {
	l := cells.NewLine(m.theme, m.w).Gap(1)
	s := m.situation()
	leftKeys, rightKeys := m.keys.Footer(s)
	right := m.shortHelp(rightKeys, m.w)
	room := m.w - cellsStyled(right) - 4
	l.Styled(m.shortHelp(leftKeys, room))
	return l.To(m.w - cellsStyled(right) - 1).Styled(right).String()
}

// shortHelp takes as many whole keys as there is room for.
func (m *model) shortHelp(keys []key.Binding, room int) string {
	m.help.ShortSeparator = "  "
	for n := len(keys); n > 0; n-- {
		if s := m.theme.Arrows(m.help.ShortHelpView(keys[:n])); cellsStyled(s) <= room {
			return s
		}
	}
	return ""
}

// layHelp lists every key that is valid in the detail or the pane below, by group, and
// finds out how much of the list there is room for.
func (m *model) layHelp() {
	s := m.situation()
	if s.At = m.focus.Scope(); m.details.Shown() != nil {
		s.At = keymap.InDetail
	}
	names, groups := m.keys.Groups(s)
	inner := m.w - 8
	var columns []string
	for i, g := range groups {
		column := lipgloss.NewStyle().Bold(true).Underline(true).Render(names[i]) + "\n" + m.theme.Arrows(m.help.FullHelpView([][]key.Binding{g}))
		columns = append(columns, column)
	}
	m.helpLines = cells.Flow(columns, inner)
	if s.At == keymap.InSlots && slices.ContainsFunc(slotspane.Columns(m.w), func(c slotspane.Column) bool { return c.Title == "PID" }) {
		legend := cells.Clean("A PID with x has ended, as the command that joined usually has; one with ? is not known.").String()
		m.helpLines = append(append(m.helpLines, ""), cells.Wrap(legend, inner)...)
	}
	m.helpRows.Pan(len(m.helpLines), max(m.h-4, 1))
}

// helpBox draws what of the list is in sight.
func (m *model) helpBox() []string {
	rows := m.helpLines
	width := 0
	for _, r := range rows {
		width = max(width, cellsStyled(r))
	}
	title := "Keys that work now"
	if top, high := m.helpRows.Top, m.helpRows.Height; len(rows) > high {
		rows = rows[top : top+high]
		title = fmt.Sprintf("Keys %d-%d of %d", top+1, top+high, m.helpRows.Len)
	}
	return cells.Box(m.theme, m.theme.Plain, m.theme.Bold.Span(title), rows, min(width, m.w-4))
}

func cellsStyled(s string) int { return lipgloss.Width(s) }

func count0(n int) string { return strconv.Itoa(n) }
