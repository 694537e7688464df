package logpane

import tea "charm.land/bubbletea/v2"

// ShowAround lifts the filter and stays on the line under the cursor, to show what
// came before and after it; or brings the filter back, on the same line if it shows it.
func (p *Pane) ShowAround() tea.Cmd {
	if _, ok := p.Chosen(); !ok {
		return nil
	}
	p.Around = !p.Around
	p.Marking = p.Around
	p.Window.follow = false
	return p.reopen()
}
