package tui

import (
	"fmt"
	"strings"

	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/picker"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

// seekError goes to an error: while following, to the newest one.
func (m *model) seekError(forward bool) tea.Cmd {
	s := seek{what: "errors", filter: m.log.shown().With("level", ">=", "error"), from: m.log.window.here(), forward: forward}
	if m.log.window.follow {
		s.from = logview.Pos{}
	}
	return m.seek(s)
}

// seekMatch goes to a row that matches the filter.
func (m *model) seekMatch(forward bool) tea.Cmd {
	return m.seek(seek{what: "matches", filter: m.log.filter, from: m.log.window.here(), forward: forward})
}

func (m *model) seek(s seek) tea.Cmd {
	if m.feed.view == nil {
		m.notice.Say("the log has not been read yet")
		return nil
	}
	return m.fx.seek(m.feed.id, m.feed.view, s)
}

// sought shows what was looked for.
func (m *model) sought(msg seekMsg) {
	switch {
	case msg.feed != m.feed.id:
	case msg.err != nil:
		m.log.held = false
		m.notice.Fail(msg.err)
	case msg.seek.settle && m.log.window.follow: // it follows again meanwhile
	case len(msg.page.Rows) == 0 && msg.seek.settle:
		m.log.Show(msg.page, 0) // nothing matches
	case len(msg.page.Rows) == 0 && msg.seek.from.IsZero():
		m.notice.Say("no " + msg.seek.what)
	case len(msg.page.Rows) == 0 && msg.seek.forward:
		m.notice.Say("no further " + msg.seek.what)
	case len(msg.page.Rows) == 0:
		m.notice.Say("no earlier " + msg.seek.what)
	default:
		m.log.Show(msg.page, msg.at)
	}
}

// nextMark goes to the next marked row, and from the last one to the first.
func (m *model) nextMark() tea.Cmd {
	row, ok := m.log.NextMark()
	switch {
	case !ok:
		m.notice.Say("no line is marked: m marks one")
		return nil
	case m.feed.view == nil:
		return nil
	}
	return m.fx.visit(m.feed.id, m.feed.view, row, seek{filter: m.log.shown()})
}

// highlight shows everything and marks what matches, or only what matches.
func (m *model) highlight() tea.Cmd {
	m.log.highlight, m.log.around = !m.log.highlight, false
	return m.reopen()
}

// pickField lets the operator choose which value of the row to filter by.
func (m *model) pickField(exclude bool) tea.Cmd {
	row, ok := m.log.Chosen()
	if !ok {
		return nil
	}
	title := "Only lines with"
	if exclude {
		title = "Leave out lines with"
	}
	var items []picker.Item
	for _, f := range fields(&row) {
		to := narrowed(m.log.filter, f.name, f.value, exclude)
		items = append(items, picker.Item{Text: f.name + " " + f.value, Hint: to.String(), Pick: picker.Choice{Filter: to}})
	}
	return m.openPicker(picker.New(title, items))
}

// field is a value by which rows can be told apart.
type field struct{ name, value string }

func fields(r *logview.Row) []field {
	if r.Kind != logview.KindEntry {
		return []field{{"kind", r.Kind.String()}}
	}
	e := &r.Entry
	all := []field{
		{"agent", e.Agent},
		{"task", e.Task},
		{"rpc", e.RPC},
		{"slot", logview.SlotOf(e.Agent)},
		{"session", e.Session},
		{"hook", e.Hook},
		{"matcher", e.Matcher},
		{"event", e.Event},
		{"level", strings.ToLower(r.Level.String())},
		{"msg", e.Msg},
		{"err", e.Err},
	}
	var out []field
	for _, f := range all {
		if f.value != "" {
			out = append(out, f)
		}
	}
	return out
}

// values are what the log, the rows at hand and the slots hold, for completion.
func (m *model) values() logview.Values {
	seen := map[field]bool{}
	out := logview.Values{}
	for name, values := range m.seen {
		for _, v := range values {
			seen[field{name, v}] = true
		}
		out[name] = append(out[name], values...)
	}
	add := func(f field) {
		if f.value != "" && !seen[f] {
			seen[f] = true
			out[f.name] = append(out[f.name], f.value)
		}
	}
	for i := range m.log.window.rows {
		for _, f := range fields(&m.log.window.rows[i]) {
			if f.name != "msg" && f.name != "err" {
				add(f)
			}
		}
	}
	for i := range m.slots.All {
		add(field{"slot", m.slots.All[i].Name})
		add(field{"agent", m.slots.All[i].Agent})
		add(field{"task", m.slots.All[i].TaskID})
	}
	for _, kind := range []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError} {
		add(field{"event", kind})
	}
	return out
}

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
		return m.detail.copied(raw)
	case m.focus == layout.Slots:
		if d := m.chosenSlot(); d != nil && raw {
			return d.raw
		} else if d != nil {
			return d.copy
		}
	case m.focus == layout.News:
		return m.news.rows.copied(raw)
	case m.focus == layout.Log:
		row, ok := m.log.Chosen()
		if ok && raw {
			return row.Text
		} else if ok {
			return copyText(&row)
		}
	}
	return ""
}

// saved tells where the lines are.
func (m *model) saved(msg savedMsg) {
	if msg.err != nil {
		m.notice.Fail(msg.err)
		return
	}
	m.notice.Say(fmt.Sprintf("saved %s to %s", cells.Plural(int64(msg.lines), "line", "lines"), msg.path))
}
