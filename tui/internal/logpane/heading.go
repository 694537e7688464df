package logpane

import (
	"fmt"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/layout"
)

// empty says why no row is on the screen.
func (p *Pane) empty() string {
	switch {
	case p.Snapshot.Problem != "":
		return p.Snapshot.Problem
	case p.Snapshot.Version == 0:
		return "reading hub.log"
	case p.Snapshot.Total > 0 && !p.Snapshot.Complete:
		return "searching"
	case p.Snapshot.Total > 0 && p.focused:
		return "no line matches the filter (esc clears it)"
	case p.Snapshot.Total > 0:
		return "no line matches the filter"
	default:
		return "hub.log is empty"
	}
}

// filterRoom is how much of the filter the heading shows.
func (p *Pane) filterRoom() int { return max(p.w/2, 12) }

// heading tells which rows these are, how many, how fast they come, and whether
// the newest is among them.
func (p *Pane) heading(t *cells.Theme) string {
	r := cells.Rule{Focused: p.focused, Left: []cells.Span{t.Bold.Span(layout.Log.String())}}
	if p.Filtered() {
		r.Left = append(r.Left, t.Plain.Span(p.text.Cut(p.filterRoom()).String()))
		if p.Marking {
			r.Left = append(r.Left, t.Busy.Span(p.lifted()))
		}
	}
	if p.Snapshot.Problem != "" && p.Snapshot.Total > 0 {
		r.Right = append(r.Right, t.Warn.Span(cells.Clean(p.Snapshot.Problem).Cut(max(p.w/3, 12)).String()))
	}
	if n := p.Snapshot.HiddenProblems; n > 0 && p.Filtered() && !p.Marking {
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
	if !p.Window.follow {
		state = t.WarnBold.Span("PAUSED")
		if p.newer > 0 {
			state.Text += " +" + cells.Count(p.newer)
		}
	}
	r.Right = append(r.Right, state)
	return r.String(t, p.w)
}

// lifted says why more is shown than the filter lets through.
func (p *Pane) lifted() string {
	if p.Around {
		return "all around a line"
	}
	return "marked"
}

func (p *Pane) counts(t *cells.Theme) string {
	text := cells.Count(p.Snapshot.Total)
	switch {
	case p.Snapshot.Version == 0:
		return ""
	case p.Filtered() && !p.Marking:
		text = cells.Count(p.Snapshot.Matches) + " of " + text
	case p.Snapshot.Total > 0:
		text = cells.Plural(p.Snapshot.Total, "line", "lines")
	}
	if !p.Snapshot.Complete {
		text += t.Ellipsis
	}
	return text
}
