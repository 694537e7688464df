// Package overlays are boxes over the panes that tell of something under way or gone wrong.
package overlays

import (
	"time"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/logrow"
)

// Report is a failure with the last words of who failed.
type Report struct {
	ID    int
	Title string
	Cause string
	Words []logview.Row // of hub.log
	Text  []string      // what the failure itself brought along; goes first
}

// View draws the cause and as many of the last lines as fit, the newest at the end.
func (r *Report) View(t *cells.Theme, w, h int, now time.Time, again bool) []string {
	inner := max(min(w-4, 100), 1)
	var body []string
	for _, s := range cells.Wrap(cells.Clean(r.Cause).String(), inner) {
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
	return cells.Box(t, t.Bad, t.BadBold.Span(r.Title), body, inner)
}

// lines are the last n of what there is.
func (r *Report) lines(t *cells.Theme, inner, n int, now time.Time) []string {
	var out []string
	for _, s := range r.Text {
		out = append(out, cells.NewLine(t, inner).Text(t.Plain, cells.Clean(s)).String())
	}
	if len(r.Text) == 0 {
		for i := range r.Words {
			out = append(out, logrow.Draw(t, &r.Words[i], logrow.Options{Width: inner, Now: now}))
		}
	}
	return out[max(len(out)-n, 0):]
}
