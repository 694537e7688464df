package tui

import (
	"errors"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

// filterInput is the line in which a filter is typed. What can be parsed is in
// force at once; what cannot is marked at its column and changes nothing.
type filterInput struct {
	text    textinput.Model
	before  *logview.Filter // in force when the input was opened
	problem *logview.SyntaxError
}

const filterPrompt = " / "

func newFilterInput() filterInput {
	f := filterInput{text: textinput.New()}
	f.text.Prompt = filterPrompt
	f.text.SetVirtualCursor(false)
	st := f.text.Styles()
	st.Focused.Prompt = lipgloss.NewStyle().Bold(true)
	st.Focused.Text = lipgloss.NewStyle()
	f.text.SetStyles(st)
	return f
}

// open starts with the text of the filter in force.
func (f *filterInput) open(in *logview.Filter) {
	f.before, f.problem = in, nil
	f.text.SetValue("")
	if in != nil {
		f.text.SetValue(in.String())
	}
	f.text.CursorEnd()
	f.text.Focus()
}

// parse is the filter that the text stands for; ok is false if it stands for none.
func (f *filterInput) parse() (in *logview.Filter, ok bool) {
	f.problem = nil
	in, err := logview.ParseFilter(f.text.Value())
	if err == nil {
		return in, true
	}
	if !errors.As(err, &f.problem) {
		f.problem = &logview.SyntaxError{Col: 1, Msg: err.Error()}
	}
	return nil, false
}

// View is the input itself; Problem is the line below it.
func (f *filterInput) View(t *theme, width int) string {
	f.text.SetWidth(max(width-len(filterPrompt)-1, 1))
	return newLine(t, width).styled(f.text.View()).String()
}

// Problem points at the column that cannot be understood.
func (f *filterInput) Problem(t *theme, width int) string {
	p := f.problem
	text := clean(p.Msg)
	if p.Hint != "" {
		text = clean(p.Msg + " (" + p.Hint + ")")
	}
	// The sign goes under the column, or beside the text if that would not fit.
	at := min(len(filterPrompt)+p.Col-1, max(width-text.Width()-3, 0))
	return newLine(t, width).gap(at).put(t.badBold, t.arrowUp+" ").text(t.bad, text).String()
}

// Cursor is where the terminal's cursor belongs, given the row of the input.
func (f *filterInput) Cursor(row int) *tea.Cursor {
	c := f.text.Cursor()
	if c != nil {
		c.Y = row
		c.Blink = false
	}
	return c
}

func (m *model) openFilter() tea.Cmd {
	m.focus = paneLog
	m.mode = next(m.mode, eventFilter)
	m.input.open(m.log.filter)
	return nil
}

// typed changes the input, and the filter if it still makes sense.
func (m *model) typed(msg tea.Msg) tea.Cmd {
	was := m.input.text.Value()
	m.input.text, _ = m.input.text.Update(msg) // its commands only blink a cursor of its own
	if m.input.text.Value() == was {
		return nil
	}
	in, ok := m.input.parse()
	if !ok {
		return nil
	}
	return m.setFilter(in)
}

func (m *model) acceptFilter() tea.Cmd {
	if m.input.problem != nil {
		return nil
	}
	m.mode = next(m.mode, eventClose)
	return nil
}

func (m *model) cancelFilter() tea.Cmd {
	m.mode = next(m.mode, eventClose)
	return m.setFilter(m.input.before)
}

// setFilter shows the log through another filter, unless it means the same.
func (m *model) setFilter(in *logview.Filter) tea.Cmd {
	if in.String() == m.log.filter.String() {
		return nil
	}
	m.feed = feed{id: m.feed.id + 1}
	m.log.SetFilter(in)
	return m.fx.openFeed(m.feed.id, in)
}

// logBatch shows what came in the log, and waits for more.
func (m *model) logBatch(msg logBatchMsg) tea.Cmd {
	if msg.feed != m.feed.id {
		return nil
	}
	m.log.SetBatch(msg.batch, msg.now)
	if n := len(msg.batch.rows); n > 0 {
		m.feed.newest = msg.batch.rows[n-1].Pos
	}
	return m.fx.waitLog(m.feed.id, m.feed.view, msg.batch.snap.Version, m.feed.newest)
}

func (m *model) logPage(msg logPageMsg) {
	switch {
	case msg.feed != m.feed.id:
	case msg.err != nil:
		m.log.Failed()
		m.fail(msg.err)
	default:
		m.log.SetPage(msg.fetch, msg.page)
	}
}

// fetchLog asks for the rows that the log pane will need next.
func (m *model) fetchLog() tea.Cmd {
	if m.feed.view == nil {
		return nil
	}
	f, ok := m.log.Want()
	if !ok {
		return nil
	}
	return m.fx.page(m.feed.id, m.feed.view, f)
}

// nextLevel goes through the least levels: all, info, warn, error.
func nextLevel(in *logview.Filter) *logview.Filter {
	level := in.MinLevel()
	if level >= hublog.LevelError {
		return in.Without("level")
	}
	return in.With("level", ">=", strings.ToLower((level + 1).String()))
}

// nextEvent goes through the kinds of event: all, then each alone.
func nextEvent(in *logview.Filter) *logview.Filter {
	kinds := []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError}
	set := in.Events()
	if len(set) == 0 {
		return in.With("event", ":", kinds[0])
	}
	for i, k := range kinds[:len(kinds)-1] {
		if set[0] == k {
			return in.With("event", ":", kinds[i+1])
		}
	}
	return in.Without("event")
}
