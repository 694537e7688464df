package tui

import (
	"fmt"
	"strings"

	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logrow"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/cells"
)

// maxCopy is what terminals take in one OSC 52 sequence.
const maxCopy = 74_994

// copyOut puts text on the clipboard of the terminal, over ssh and tmux too.
func (m *model) copyOut(raw bool) tea.Cmd {
	return m.copyText(m.copied(raw))
}

func (m *model) copyText(text string) tea.Cmd {
	switch {
	case text == "":
		m.notice.Say("there is nothing to copy")
		return nil
	case len(text) > maxCopy:
		m.notice.Say(fmt.Sprintf("not copied: %s bytes are more than a terminal takes", cells.Count(int64(len(text)))))
		return nil
	}
	m.notice.Say("copied " + cells.Clean(firstWords(text)).String())
	return tea.SetClipboard(text)
}

func firstWords(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return cells.Clean(text).Cut(60).String()
}

func (m *model) copied(raw bool) string {
	switch {
	case m.mode == modeDetail:
		return m.details.Shown().Copied(raw)
	case m.focus == layout.Slots:
		if d := m.chosenSlot(); d != nil && raw {
			return d.Raw
		} else if d != nil {
			return d.Copy
		}
	case m.focus == layout.News:
		return m.news.List.Copied(raw)
	case m.focus == layout.Log:
		row, ok := m.log.Chosen()
		if ok && raw {
			return row.Text
		} else if ok {
			return logrow.Says(&row)
		}
	}
	return ""
}
