package tui

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logrow"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// View is the frame: a string of exactly the screen's height, no row wider than
// the screen.
func (m *model) View() tea.View {
	v := tea.NewView(strings.Join(m.frame(), "\n"))
	v.AltScreen = true
	v.ReportFocus = true
	v.WindowTitle = "bones: " + m.name.String() + " " + m.sign()
	v.Cursor = m.cursor()
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.hub.Life == hubstate.Draining {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	}
	return v
}

// cursor is where text is being typed, if it is.
func (m *model) cursor() *tea.Cursor {
	var c *tea.Cursor
	switch {
	case m.layout.Shape == layout.Tiny:
		return nil
	case m.mode == modeFilter:
		c = m.input.Cursor()
		c.Y = m.h - 2
	case m.mode == modePicker:
		c = m.picker.Cursor()
		x, y := cells.Middle(m.picker.View(m.theme, m.w, m.h), m.w, m.h)
		c.X += x + 2
		c.Y = y + 1
	default:
		return nil
	}
	c.Blink = false
	return c
}

// sign is the hub's state as one glyph, for the window's title.
func (m *model) sign() string {
	_, text, _ := m.hub.Badge(m.theme, m.now)
	glyph, _, _ := strings.Cut(text, " ")
	return glyph
}

func (m *model) frame() []string {
	if m.layout.Shape == layout.Tiny {
		return m.tiny()
	}
	rows := make([]string, 0, m.h)
	rows = append(rows, m.header())
	rows = append(rows, m.body()...)
	rows = append(rows, m.messageLine(), m.footer())
	rows = cells.Fit(rows, m.h)
	switch m.mode {
	case modeDialog:
		return cells.Overlay(m.theme, rows, m.dialog.View(m.theme, m.w, m.h, m.now), m.w)
	case modeHelp:
		return cells.Overlay(m.theme, rows, m.helpBox(), m.w)
	case modePicker:
		return cells.Overlay(m.theme, rows, m.picker.View(m.theme, m.w, m.h), m.w)
	case modeNormal:
		if box := m.overlay(); box != nil {
			return cells.Overlay(m.theme, rows, box, m.w)
		}
	case modeFilter, modeDetail, modeFacets, modeCount:
	}
	return rows
}

// tiny is one sentence for a screen that holds nothing else.
func (m *model) tiny() []string {
	text := fmt.Sprintf("bones-tui needs %dx%d cells, this is %dx%d", layout.MinWidth, layout.MinHeight, m.w, m.h)
	var rows []string
	for _, s := range cells.Wrap(text, m.w) {
		rows = append(rows, ansi.Truncate(s, m.w, ""))
	}
	return cells.Fit(rows, m.h)
}

func (m *model) body() []string {
	if d := m.details.Shown(); d != nil {
		o := logrow.Options{Width: m.w, Clock: m.log.Clock, Now: m.now}
		return d.View(m.theme, m.w, m.h-3, o)
	}
	if m.mode == modeFacets {
		return m.log.Facets().View(m.theme, m.w, m.h-3, cells.Clean(m.log.Shown().String()), m.now.Location())
	}
	if m.layout.Shape == layout.Single {
		return append([]string{m.tabs()}, m.pane(m.focus)...)
	}
	if m.zoomed {
		return m.pane(m.focus)
	}
	rows := make([]string, 0, m.h)
	rows = append(rows, m.services()...)
	rows = append(rows, m.pane(layout.Slots)...)
	return append(rows, m.pane(layout.Log)...)
}

// tabs name the panes when only one is on the screen.
func (m *model) tabs() string {
	l := cells.NewLine(m.theme, m.w)
	for id := range layout.News {
		st := m.theme.Dim
		if id == m.focus {
			st = m.theme.Reverse
		}
		l.Put(st, fmt.Sprintf(" %d %s ", id+1, id)).Gap(1)
	}
	return l.String()
}

// messageLine is the input, else what just happened, else what is wrong.
func (m *model) messageLine() string {
	switch {
	case m.mode == modeFilter:
		return m.input.View(m.theme, m.w)
	case !m.notice.Empty():
		return m.notice.View(m.theme, m.w)
	case m.reseeding:
		return cells.NewLine(m.theme, m.w).Gap(1).Put(m.theme.Busy, m.theme.Work+" archiving the repository and making a fresh one from git").String()
	case m.rescuing != "":
		return cells.NewLine(m.theme, m.w).Gap(1).Put(m.theme.Busy, m.theme.Work+" ").Text(m.theme.Plain, cells.Clean(m.rescuing)).String()
	case m.wait != nil && m.hub.Life != hubstate.Draining:
		return m.countdown()
	}
	if m.hub.Life == hubstate.Starting || m.hub.Life == hubstate.Draining {
		return m.steps()
	}
	if f := m.findings(); len(f) > 0 {
		l := cells.NewLine(m.theme, m.w).Gap(1).Put(m.theme.WarnBold, m.theme.Alert+" ")
		more := ""
		if n := len(f) - 1; n > 0 {
			more = "  +" + cells.Plural(int64(n), "finding", "findings") + ": " + m.keys.Name(keymap.Findings)
		}
		return l.Text(m.theme.Warn, cells.Clean(f[0].Text).Cut(max(l.Left()-cells.Width(more), 1))).Put(m.theme.Dim, more).String()
	}
	return ""
}

// steps lists what was done of a start or a drain, and how long each took.
func (m *model) steps() string {
	l := cells.NewLine(m.theme, m.w).Gap(1)
	steps := m.hub.Steps
	for i, s := range steps {
		if i < len(steps)-1 {
			l.Put(m.theme.OK, m.theme.Done+" ").Text(m.theme.Plain, s.Name).Put(m.theme.Dim, " "+cells.Brief(steps[i+1].Began.Sub(s.Began)))
		} else {
			took := max(m.now.Sub(s.Began), 0).Truncate(100 * time.Millisecond)
			l.Put(m.theme.Busy, m.theme.Work+" ").Text(m.theme.Plain, s.Name).Put(m.theme.Dim, " "+cells.Brief(took))
		}
		l.Gap(3)
	}
	return l.String()
}
