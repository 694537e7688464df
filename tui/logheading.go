package tui

import "fmt"

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
func (p *logPane) heading(t *theme) string {
	r := rule{focused: p.focused, left: []span{t.bold.span(paneLog.String())}}
	if p.Filtered() {
		r.left = append(r.left, t.plain.span(p.text.Cut(p.filterRoom()).String()))
		if p.highlight {
			r.left = append(r.left, t.busy.span(p.lifted()))
		}
	}
	if p.snap.Problem != "" && p.snap.Total > 0 {
		r.right = append(r.right, t.warn.span(clean(p.snap.Problem).Cut(max(p.w/3, 12)).String()))
	}
	if n := p.snap.HiddenProblems; n > 0 && p.Filtered() && !p.highlight {
		r.right = append(r.right, t.warn.span(t.warnRow+" "+count(int64(n))+" hidden"))
	}
	if p.shift > 0 {
		r.right = append(r.right, t.dim.span(fmt.Sprintf("column %d", p.shift+1)))
	}
	if speed := p.speed.recent(); speed > 0.05 {
		r.right = append(r.right, t.dim.span(perSecond(speed)+" lines/s"))
	}
	if text := p.counts(t); text != "" {
		r.right = append(r.right, t.dim.span(text))
	}
	state := t.ok.span("FOLLOW")
	if !p.window.follow {
		state = t.warnBold.span("PAUSED")
		if p.newer > 0 {
			state.text += " +" + count(p.newer)
		}
	}
	r.right = append(r.right, state)
	return r.String(t, p.w)
}

// lifted says why more is shown than the filter lets through.
func (p *logPane) lifted() string {
	if p.around {
		return "all around a line"
	}
	return "marked"
}

func (p *logPane) counts(t *theme) string {
	text := count(p.snap.Total)
	switch {
	case p.snap.Version == 0:
		return ""
	case p.Filtered() && !p.highlight:
		text = count(p.snap.Matches) + " of " + text
	case p.snap.Total > 0:
		text = plural(p.snap.Total, "line", "lines")
	}
	if !p.snap.Complete {
		text += t.ellipsis
	}
	return text
}
