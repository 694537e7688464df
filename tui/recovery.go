package tui

import (
	"context"
	"errors"
	"strings"

	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/subjects"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/notice"
)

func (m *model) doRecover(a keymap.Action) tea.Cmd {
	c := m.chosenCopy()
	switch {
	case a == keymap.Recover:
		return m.openRecovery()
	case c == nil:
		return nil
	case a == keymap.BringBack:
		return m.open(dialogs.BringBack(m.question(dialogs.ThenNothing), *c, subjects.CopyName(*c)))
	case a == keymap.CopyPatch:
		return m.patchOf(*c)
	}
	return m.filesOf(*c)
}

// openRecovery lists the copies.
func (m *model) openRecovery() tea.Cmd {
	if m.mode != modeDetail {
		m.details.Forget()
	}
	return m.openSubject(subjects.Copies{From: m.cfg.Recovery})
}

// renewCopies has the list read again: a hub has come or gone, or something was brought back.
func (m *model) renewCopies() {
	m.details.Renew(func(s details.Subject) bool { _, ok := s.(subjects.Copies); return ok })
}

// rescue has something done with a copy. One thing at a time.
func (m *model) rescue(doing string, f func(context.Context) (rescuedMsg, error)) tea.Cmd {
	if m.rescuing != "" {
		return nil
	}
	m.rescuing = doing
	return m.fx.Do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, subjects.RecoverWithin)
		defer cancel()
		msg, err := f(ctx)
		switch {
		case errors.Is(err, hub.ErrRunning):
			msg.told = []dialogs.Told{{Ink: cells.InkBad, Text: "A hub runs. " + subjects.StopFirst}}
		case err != nil:
			msg.told = []dialogs.Told{{Ink: cells.InkBad, Text: strings.TrimPrefix(notice.Cause(err), "hub: ")}}
		}
		return msg
	})
}

func (m *model) bringBack(c hub.Recoverable) tea.Cmd {
	return m.rescue("bringing "+c.Holds()+" back", func(ctx context.Context) (rescuedMsg, error) {
		done, err := m.cfg.Recovery.BringBack(ctx, c.Path)
		if err != nil {
			return rescuedMsg{title: "Not brought back"}, err
		}
		return rescuedMsg{title: "Brought back", told: []dialogs.Told{{Ink: cells.InkOK, Text: dialogs.BroughtBack(done)}}, back: true}, nil
	})
}

func (m *model) patchOf(c hub.Recoverable) tea.Cmd {
	return m.rescue("writing a patch of "+c.Holds(), func(ctx context.Context) (rescuedMsg, error) {
		list, err := m.cfg.Recovery.Patches(ctx, c.Path)
		if err != nil {
			return rescuedMsg{title: "Not written"}, err
		}
		text, command := dialogs.Patches(list, m.cfg.Home)
		msg := rescuedMsg{title: "Patch for git", told: []dialogs.Told{{Ink: cells.InkOK, Text: text}}, command: command, copies: "copy the command"}
		if command == "" {
			msg.told[0].Ink = cells.InkPlain
		}
		return msg, nil
	})
}

func (m *model) filesOf(c hub.Recoverable) tea.Cmd {
	return m.rescue("writing the files of slot "+c.Slot, func(ctx context.Context) (rescuedMsg, error) {
		dir, n, err := m.cfg.Recovery.Files(ctx, c.Path)
		if err != nil {
			return rescuedMsg{title: "Not written"}, err
		}
		text := "Written: " + cells.Plural(int64(n), "file", "files") + " of slot " + c.Slot + ", in"
		return rescuedMsg{title: "Files of a worktree", told: []dialogs.Told{{Ink: cells.InkOK, Text: text}}, command: dialogs.ShellPath(dir, "", m.cfg.Home), copies: "copy the path"}, nil
	})
}

// rescued tells what came of it, until the operator has read it.
func (m *model) rescued(msg rescuedMsg) tea.Cmd {
	m.rescuing = ""
	if msg.back {
		if d := m.details.Shown(); d != nil && m.mode == modeDetail {
			if _, ok := d.Src.(subjects.Copy); ok { // it holds nothing more
				m.backFromDetail()
			}
		}
		m.renewCopies()
	}
	if m.dialog != nil { // another question was asked meanwhile
		m.notice.Say(msg.title + ": " + msg.words())
		return nil
	}
	return m.open(dialogs.Outcome(m.target(), msg.title, msg.told, msg.command, msg.copies))
}

// words is what is told, on one line.
func (msg rescuedMsg) words() string {
	var words []string
	for _, t := range msg.told {
		words = append(words, t.Text)
	}
	return strings.TrimSpace(strings.Join(words, " ") + " " + msg.command)
}
