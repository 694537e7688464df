package logpane

import (
	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/keymap"
)

func (p *Pane) facetsRead(msg facetsMsg) {
	if msg.feed != p.Feed.ID {
		return
	}
	p.SetFacets(msg.facets)
	if p.counted != nil {
		p.counted.SetFacets(msg.facets)
	}
}

// OpenFacets counts what is shown, until CloseFacets.
func (p *Pane) OpenFacets() tea.Cmd {
	p.counted = newFacetsView()
	return p.fetchFacets()
}

// CloseFacets counts no longer.
func (p *Pane) CloseFacets() { p.counted = nil }

// Facets is what is counted, nil if nothing is.
func (p *Pane) Facets() *FacetsView { return p.counted }

// ActInFacets obeys a key in the facets: the value under the cursor goes into the
// filter or out of it, and everything is counted anew.
func (p *Pane) ActInFacets(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Undo:
		if before, ok := p.counted.Undo(); ok {
			return p.Through(before, true)
		}
	case keymap.Include, keymap.Exclude:
		field, value, ok := p.counted.Chosen()
		if !ok {
			return nil
		}
		return p.narrow(narrowed(p.Filter, field, value, a == keymap.Exclude))
	default:
		p.counted.Act(a)
	}
	return nil
}

// narrow shows and counts only what passes a filter that has one more term.
func (p *Pane) narrow(to *logview.Filter) tea.Cmd {
	same := to.String() == p.Filter.String()
	if same && !p.Marking {
		p.notice.Say("the filter says so already")
		return nil
	}
	if !same {
		p.counted.past = append(p.counted.past, p.Filter)
	}
	p.Filter = to
	p.Marking, p.Around = false, false // what is counted is what passes
	cmd := p.reopen()
	p.sayFilter()
	return cmd
}

// narrowed is a filter that lets only lines with a value through, or none of them.
func narrowed(f *logview.Filter, field, value string, exclude bool) *logview.Filter {
	switch {
	case exclude:
		return f.With(field, "!=", value)
	case field == "event" || field == "kind":
		return f.With(field, ":", value)
	default:
		return f.With(field, "=", value)
	}
}

// ToggleHistogram shows how many lines there were over time, above the log.
func (p *Pane) ToggleHistogram() tea.Cmd {
	p.SetHistogram(!p.histogram)
	return p.fetchFacets()
}
