package overlays

import (
	"time"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
)

// Drain lists the steps of a stop: what was let go of and how long it took, what
// is being waited for, and when that ends.
func Drain(t *cells.Theme, h *hubstate.State, title string, tail func(width int) []string, width, height int, now time.Time) []string {
	inner := max(min(width-4, 64), 1)
	var body []string
	for i, s := range h.Steps {
		what := drainStep(s.Name.String())
		if i < len(h.Steps)-1 {
			took := cells.Brief(h.Steps[i+1].Began.Sub(s.Began))
			body = append(body, stepLine(t, inner, t.OK, t.Done, what.done, took))
			continue
		}
		took := cells.Brief(max(now.Sub(s.Began), 0).Truncate(100 * time.Millisecond))
		body = append(body, stepLine(t, inner, t.BusyBold, t.Work, what.doing, took))
	}
	if len(h.Steps) == 0 {
		took := cells.Brief(max(now.Sub(h.Since), 0).Truncate(100 * time.Millisecond))
		body = append(body, stepLine(t, inner, t.BusyBold, t.Work, "asking the hub to end", took))
	}
	ends := tail(inner)
	if over := len(body) + len(ends) + 1 - max(height-2, 2); over > 0 {
		body = body[min(over, len(body)-1):]
	}
	body = append(append(body, ""), ends...)
	return cells.Box(t, t.Plain, t.Bold.Span(title), body[:min(len(body), max(height-2, 1))], inner)
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
