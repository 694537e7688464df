package logpane

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/picker"
)

// seekError goes to an error: while following, to the newest one.
func (p *Pane) seekError(forward bool) tea.Cmd {
	s := seek{what: "errors", filter: p.Shown().With("level", ">=", "error"), from: p.Window.here(), forward: forward}
	if p.Window.follow {
		s.from = logview.Pos{}
	}
	return p.seek(s)
}

// seekMatch goes to a row that matches the filter.
func (p *Pane) seekMatch(forward bool) tea.Cmd {
	return p.seek(seek{what: "matches", filter: p.Filter, from: p.Window.here(), forward: forward})
}

func (p *Pane) seek(s seek) tea.Cmd {
	if p.Feed.view == nil {
		p.notice.Say("the log has not been read yet")
		return nil
	}
	return p.src.seek(p.Feed.ID, p.Feed.view, s)
}

// sought shows what was looked for.
func (p *Pane) sought(msg seekMsg) {
	switch {
	case msg.feed != p.Feed.ID:
	case msg.err != nil:
		p.held = false
		p.notice.Fail(msg.err)
	case msg.seek.settle && p.Window.follow: // it follows again meanwhile
	case len(msg.page.Rows) == 0 && msg.seek.settle:
		p.Show(msg.page, 0) // nothing matches
	case len(msg.page.Rows) == 0 && msg.seek.from.IsZero():
		p.notice.Say("no " + msg.seek.what)
	case len(msg.page.Rows) == 0 && msg.seek.forward:
		p.notice.Say("no further " + msg.seek.what)
	case len(msg.page.Rows) == 0:
		p.notice.Say("no earlier " + msg.seek.what)
	default:
		p.Show(msg.page, msg.at)
	}
}

// nextMark goes to the next marked row, and from the last one to the first.
func (p *Pane) nextMark() tea.Cmd {
	row, ok := p.NextMark()
	switch {
	case !ok:
		p.notice.Say("no line is marked: m marks one")
		return nil
	case p.Feed.view == nil:
		return nil
	}
	return p.src.visit(p.Feed.ID, p.Feed.view, row, seek{filter: p.Shown()})
}

// toggleHighlight shows everything and marks what matches, or only what matches.
func (p *Pane) toggleHighlight() tea.Cmd {
	p.Marking, p.Around = !p.Marking, false
	return p.reopen()
}

// FieldPicker offers the values of the row under the cursor to filter by; nil if there is none.
func (p *Pane) FieldPicker(exclude bool) *picker.Picker {
	row, ok := p.Chosen()
	if !ok {
		return nil
	}
	title := "Only lines with"
	if exclude {
		title = "Leave out lines with"
	}
	var items []picker.Item
	for _, f := range fields(&row) {
		to := narrowed(p.Filter, f.name, f.value, exclude)
		items = append(items, picker.Item{Text: f.name + " " + f.value, Hint: to.String(), Pick: picker.Choice{Filter: to}})
	}
	return picker.New(title, items)
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

// saved tells where the lines are.
func (p *Pane) saved(msg savedMsg) {
	if msg.err != nil {
		p.notice.Fail(msg.err)
		return
	}
	p.notice.Say(fmt.Sprintf("saved %s to %s", cells.Plural(int64(msg.lines), "line", "lines"), msg.path))
}
