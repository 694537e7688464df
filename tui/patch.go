package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/tui/internal/dialogs"
)

// patchWithin bounds the writing of patches.
const patchWithin = 2 * time.Minute

// patchedMsg is what came of writing patches for git.
type patchedMsg struct {
	id   int // of the dialog
	list []hub.Patch
	err  error
}

// writePatches has what git has not received written, before the open dialog is answered.
func (m *model) writePatches() tea.Cmd {
	d := m.dialog
	d.Busy, d.Told = "writing what git has not received", nil
	id := d.ID
	return m.fx.Do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, patchWithin)
		defer cancel()
		list, err := m.cfg.Patch(ctx)
		return patchedMsg{id, list, err}
	})
}

// patched says in the dialog where the patches are, and asks on. One that was left
// meanwhile is told of all the same.
func (m *model) patched(msg patchedMsg) {
	told, command := dialogs.Patches(msg.list, m.cfg.Home)
	if command != "" {
		m.patch = command
	}
	d := m.dialog
	switch {
	case d != nil && d.ID == msg.id:
		d.SetPatches(told, command, msg.err)
	case msg.err != nil:
		m.notice.Fail(msg.err)
	default:
		m.notice.Say(strings.TrimSpace(told + " " + command))
	}
}
