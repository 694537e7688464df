package tui

import (
	"errors"
	"strings"
	"time"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/logrow"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
)

// An overlay is a box over the panes that tells of something under way or gone
// wrong. It hears no key but esc, which takes it away; every other key does what
// it does without it.

// report is a failure with the last words of who failed.
type report struct {
	id    int
	title string
	cause string
	words []logview.Row // of hub.log
	text  []string      // what the failure itself brought along; goes first
}

// failed shows a failure until the operator dismisses it. Without an error it is
// the hub's own end.
func (m *model) failed(title string, err error) tea.Cmd {
	if err == nil {
		title, err = m.hub.HowItEnded(), m.hub.Cause
	}
	m.dialogs++
	r := &report{id: m.dialogs, title: title, cause: notice.Cause(err)}
	var start *hub.StartError
	if errors.As(err, &start) {
		for s := range strings.Lines(start.Log) {
			r.text = append(r.text, strings.TrimRight(s, "\r\n"))
		}
	}
	m.report = r
	return m.fx.lastWords(r.id)
}

// refreshReport reads the last lines anew: the log may tell more than it did when
// the failure was noticed.
func (m *model) refreshReport() tea.Cmd {
	if m.report == nil {
		return nil
	}
	return m.fx.lastWords(m.report.id)
}

// reported takes the last lines of the log.
func (m *model) reported(msg wordsMsg) {
	if m.report != nil && m.report.id == msg.id {
		m.report.words = msg.rows
	}
}

// overlay is the box, nil if there is none.
func (m *model) overlay() []string {
	switch {
	case m.report != nil:
		return m.report.View(m.theme, m.w, m.h, m.now, m.hub.Ended() && m.keysCanStart())
	case m.hub.Life == hubstate.Draining && !m.hidden:
		return m.drainBox()
	}
	return nil
}

func (m *model) keysCanStart() bool { return m.situation().CanStart() }

// View draws the cause and as many of the last lines as fit, the newest at the end.
func (r *report) View(t *cells.Theme, w, h int, now time.Time, again bool) []string {
	inner := max(min(w-4, 100), 1)
	var body []string
	for _, s := range cells.Wrap(cells.Clean(r.cause).String(), inner) {
		body = append(body, t.Bad.Paint(s))
	}
	hint := "esc closes this"
	if again {
		hint = "r starts it again, " + hint
	}
	room := h - 2 - len(body) - 2
	words := r.lines(t, inner, max(room-1, 0), now)
	if len(words) > 0 {
		body = append(body, t.Dim.Paint("last lines"))
	}
	body = append(append(body, words...), "", t.Dim.Paint(hint))
	if over := len(body) - max(h-2, 1); over > 0 {
		body = body[:len(body)-over]
	}
	return cells.Box(t, t.Bad, t.BadBold.Span(r.title), body, inner)
}

// lines are the last n of what there is.
func (r *report) lines(t *cells.Theme, inner, n int, now time.Time) []string {
	var out []string
	for _, s := range r.text {
		out = append(out, cells.NewLine(t, inner).Text(t.Plain, cells.Clean(s)).String())
	}
	if len(r.text) == 0 {
		for i := range r.words {
			out = append(out, logrow.Draw(t, &r.words[i], logrow.Options{Width: inner, Now: now}))
		}
	}
	return out[max(len(out)-n, 0):]
}

// drainBox lists the steps of a stop: what was let go of and how long it took, what
// is being waited for, and when that ends.
func (m *model) drainBox() []string {
	t, h := m.theme, &m.hub
	inner := max(min(m.w-4, 64), 1)
	var body []string
	for i, s := range h.Steps {
		what := drainStep(s.Name.String())
		if i < len(h.Steps)-1 {
			took := cells.Brief(h.Steps[i+1].Began.Sub(s.Began))
			body = append(body, stepLine(t, inner, t.OK, t.Done, what.done, took))
			continue
		}
		took := cells.Brief(max(m.now.Sub(s.Began), 0).Truncate(100 * time.Millisecond))
		body = append(body, stepLine(t, inner, t.BusyBold, t.Work, what.doing, took))
	}
	if len(h.Steps) == 0 {
		took := cells.Brief(max(m.now.Sub(h.Since), 0).Truncate(100 * time.Millisecond))
		body = append(body, stepLine(t, inner, t.BusyBold, t.Work, "asking the hub to end", took))
	}
	tail := m.drainTail()
	if over := len(body) + len(tail) + 1 - max(m.h-2, 2); over > 0 {
		body = body[min(over, len(body)-1):]
	}
	body = append(append(body, ""), tail...)
	title := "Stopping " + m.name.String()
	if m.handOver {
		title = "Handing " + m.name.String() + " over"
	}
	return cells.Box(t, t.Plain, t.Bold.Span(title), body[:min(len(body), max(m.h-2, 1))], inner)
}

// drainTail says how long it can take and what can be done meanwhile.
func (m *model) drainTail() []string {
	text := cells.Short(max(m.now.Sub(m.hub.Since), 0))
	if m.hub.Drain > 0 {
		text += " of at most " + cells.Short(m.hub.Drain)
	}
	text += "; then what is still open is cut."
	switch m.then {
	case dialogs.ThenRestart:
		text += " It starts again afterwards."
	case dialogs.ThenReseed:
		text += " It is reseeded afterwards."
	case dialogs.ThenQuit:
		text += " This screen closes afterwards."
	case dialogs.ThenNothing:
	}
	if m.situation().CanForce() {
		text += " S does not wait."
	}
	inner := max(min(m.w-4, 64), 1)
	var out []string
	for _, s := range cells.Wrap(text+" Esc hides this.", inner) {
		out = append(out, m.theme.Dim.Paint(s))
	}
	return out
}

func stepLine(t *cells.Theme, inner int, st cells.Style, glyph, text, took string) string {
	l := cells.NewLine(t, inner).Put(st, glyph+" ")
	return l.Cell(t.Plain, cells.Clean(text).String(), max(inner-2-9, 1)).Right(t.Dim, took, 9).String()
}

// drainWords are a step of a stop, under way and done.
type drainWords struct{ doing, done string }

// drainStep puts the name of a step, as the hub has it, into words. One that it does
// not know keeps its name.
func drainStep(name string) drainWords {
	words, known := map[string]drainWords{
		"registry":   {"leaving the list of hubs", "left the list of hubs"},
		"http":       {"waiting for agents that push or pull", "closed Fossil's port"},
		"connection": {"closing the hub's own connection", "closed the hub's own connection"},
		"fossil":     {"bringing hub.fossil into one file", "closed hub.fossil"},
		"nats":       {"parting with clients, syncing JetStream", "closed NATS, JetStream is on disk"},
		"pid":        {"removing hub.pid", "removed hub.pid"},
		"parts":      {"waiting for the hub's own tasks", "ended the hub's own tasks"},
		"log":        {"closing hub.log", "closed hub.log"},
		"lock":       {"letting go of the workspace", "let go of the workspace"},
		"":           {"waiting for the hub", "asked the hub"},
	}[name]
	if !known {
		return drainWords{name, name}
	}
	return words
}
