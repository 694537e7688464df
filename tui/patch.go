package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/tui/internal/cells"
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
	told, command := writtenPatches(msg.list, m.cfg.Home)
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

// writtenPatches says what was written, and the command that gives it to git, "" if there
// was nothing to write.
func writtenPatches(list []hub.Patch, home string) (text, command string) {
	var files []hub.Patch
	for _, p := range list {
		if p.Path != "" {
			files = append(files, p)
		}
	}
	switch len(files) {
	case 0:
		return "No file is other than in git: there is nothing to write.", ""
	case 1:
		p := files[0]
		text = "Written: " + cells.Plural(int64(p.CheckIns), "check-in", "check-ins") + ", " + cells.Plural(int64(p.Files), "file", "files") + ". For git:"
		return text, "git apply --3way " + shellPath(p.Path, "", home)
	}
	stem := files[0].Path
	for _, p := range files {
		for !strings.HasPrefix(p.Path, stem) {
			stem = stem[:len(stem)-1]
		}
	}
	stem = stem[:strings.LastIndexByte(stem, '-')+1]
	text = "Written: " + cells.Plural(int64(len(files)), "patch", "patches") + ", one for each fork. For git:"
	return text, "git apply --3way " + shellPath(stem, "*.patch", home)
}

// shellPath is a path as a shell takes it, and what follows it unquoted.
func shellPath(path, glob, home string) string {
	if word := hub.ShellWord(path); word != path {
		return word + glob
	}
	return shortRoot(path, home) + glob
}
