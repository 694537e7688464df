package tui

import (
	"bones-tui/tui/internal/cells"
)

// fail shows an error until the operator dismisses it.
func (m *model) fail(err error) {
	m.notice.fail(cells.Clean(firstLine(err)))
}

// say shows a notice for a while.
func (m *model) say(text string) {
	m.notice.tell(cells.Clean(text), m.now)
}
