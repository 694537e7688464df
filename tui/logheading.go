package tui

import (
	"fmt"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/layout"
)

// empty says why no row is on the screen.
func (p *logPane) empty() string {
	switch {
	case p.snap.Problem != "":
		return p.snap.Problem
	case p.snap.Version == 0:
		return "reading hub.log"
	case p.snap.Total > 0 && !p.snap.Complete:
		return "searching"
	case p.snap.Total > 0 && p.focused:
		return "no line matches the filter (esc clears it)"
	case p.snap.Total > 0:
		return "no line matches the filter"
	default:
		return "hub.log is empty"
	}
}

// filterRoom is how much of the filter the heading shows.
func (p *logPane) filterRoom() int { return max(p.w/2, 12) }

// heading tells which rows these are, how many, how fast they come, and whether
// the newest is among them.
func (p *logPane) heading(t *cells.Theme) string {
	r := cells.Rule{Focused: p.focused, Left: []cells.Span{t.Bold.Span(layout.Log.String())}}
	if p.Filtered() {
		r.Left = append(r.Left, t.Plain.Span(p.text.Cut(p.filterRoom()).String()))
		if p.highlight {
			r.Left = append(r.Left, t.Busy.Span(p.lifted()))
		}
	}
	if p.snap.Problem != "" && p.snap.Total > 0 {
		r.Right = append(r.Right, t.Warn.Span(cells.Clean(p.snap.Problem).Cut(max(p.w/3, 12)).String()))
	}
	if n := p.snap.HiddenProblems; n > 0 && p.Filtered() && !p.highlight {
		r.Right = append(r.Right, t.Warn.Span(t.WarnRow+" "+cells.Count(int64(n))+" hidden"))
	}
	if p.shift > 0 {
		r.Right = append(r.Right, t.Dim.Span(fmt.Sprintf("column %d", p.shift+1)))
	}
	if speed := p.speed.Recent(); speed > 0.05 {
		r.Right = append(r.Right, t.Dim.Span(cells.PerSecond(speed)+" lines/s"))
	}
	if text := p.counts(t); text != "" {
		r.Right = append(r.Right, t.Dim.Span(text))
	}
	state := t.OK.Span("FOLLOW")
	if !p.window.follow {
		state = t.WarnBold.Span("PAUSED")
		if p.newer > 0 {
			state.Text += " +" + cells.Count(p.newer)
		}
	}
	r.Right = append(r.Right, state)
	return r.String(t, p.w)
}

// lifted says why more is shown than the filter lets through.
func (p *logPane) lifted() string {
	if p.around {
		return "all around a line"
	}
	return "marked"
}

func (p *logPane) counts(t *cells.Theme) string {
	text := cells.Count(p.snap.Total)
	switch {
	case p.snap.Version == 0:
		return ""
	case p.Filtered() && !p.highlight:
		text = cells.Count(p.snap.Matches) + " of " + text
	case p.snap.Total > 0:
		text = cells.Plural(p.snap.Total, "line", "lines")
	}
	if !p.snap.Complete {
		text += t.Ellipsis
	}
	return text
}
