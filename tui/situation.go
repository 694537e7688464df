package tui

import (
	"slices"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/subjects"
)

// situation is what decides which keys are valid now.
func (m *model) situation() keymap.Situation {
	s := keymap.Situation{
		Down: m.hub.Ended(), Draining: m.hub.Life == hubstate.Draining, Steady: m.hub.Life == hubstate.Ready || m.hub.Life == hubstate.Degraded,
		Owned: m.hub.Owned, ReadOnly: m.cfg.ReadOnly, Zoomed: m.zoomed,
		Failed: m.notice.Failed(), Filtered: m.filter().String() != "", Single: m.layout.Shape == layout.Single,
		Slots: len(m.slots.Rows) > 0, News: m.layout.HasNews(),
		Overlaid: m.overlaid(), Waiting: m.wait != nil, Busy: m.reseeding || m.handOver || m.rescuing != "",
		HandOver: m.canHandOver(), CanReseed: m.cfg.Reseed != nil, CanRecover: m.cfg.Recovery != nil,
		Paused: m.log.Paused(), Marking: m.log.Marking, CanSave: m.cfg.SaveDir != "", Timeline: m.session.Activity != nil,
		Around: m.log.Around && m.focus == layout.Log, Folded: m.log.Folded(), Forgets: m.picker != nil && m.picker.Forgets(),
	}
	if d := m.details.Shown(); d != nil {
		s.Findings = d.Findings
		_, s.Copies = d.Src.(subjects.Copies)
		if c := m.chosenCopy(); c != nil {
			s.Saved, s.SavedTree = c.Total > 0 || len(c.Notes) > 0, c.Kind == "worktree"
		}
		_, s.Tabbed = d.Src.(details.Tabbed)
		r := d.Chosen()
		s.CanOpen = r != nil && r.Open != nil
		s.Copyable = d.Copied(false) != ""
		_, s.Dismissable = m.dismissable()
		s.List, s.Sorted = d.Listed(), d.Column > 0
		s.Sortable = s.List && slices.ContainsFunc(d.Content.Columns, func(c cells.Column) bool { return c.Title != "" })
	}
	switch m.mode {
	case modeFilter:
		s.At = keymap.InFilter
		s.Older, s.Newer = m.input.Reach()
	case modeHelp:
		s.At = keymap.InHelp
		s.Above, s.Below = m.helpRows.Hidden()
	case modeDetail:
		s.At = keymap.InDetail
	case modePicker:
		s.At = keymap.InPicker
		s.Above, s.Below = m.picker.List.Around()
	case modeFacets:
		s.At = keymap.InFacets
		_, _, s.Chosen = m.log.Facets().Chosen()
		s.Undoable = m.log.Facets().Undoable()
	case modeNormal:
		s.At = m.focus.Scope()
	case modeDialog, modeCount:
	}
	return s
}

// overlaid reports whether there is a box to take away.
func (m *model) overlaid() bool {
	return m.report != nil || m.hub.Life == hubstate.Draining && !m.hidden
}

func (m *model) canHandOver() bool { return m.cfg.Background != nil && m.hub.Owned }

// dismissable is the incident that the next dismissal is about: the first of the list that is
// open; ok is false if there is none, or this screen changes nothing.
func (m *model) dismissable() (i hub.Incident, ok bool) {
	if m.cfg.Dismiss == nil || m.cfg.ReadOnly || m.details.Shown() == nil || !m.details.Shown().Findings || len(m.hub.Status.Incidents) == 0 {
		return i, false
	}
	return m.hub.Status.Incidents[0], true
}

// chosenCopy is the copy that is shown, or that the cursor is on; nil if there is none.
func (m *model) chosenCopy() *hub.Recoverable {
	d := m.details.Shown()
	if d == nil {
		return nil
	}
	shown := d.Src
	if _, ok := shown.(subjects.Copies); ok {
		if r := d.Chosen(); r != nil {
			shown = r.Open
		}
	}
	if c, ok := shown.(subjects.Copy); ok {
		return &c.Recoverable
	}
	return nil
}

// filter is that of the open detail, else of the focused pane.
func (m *model) filter() *logview.Filter {
	if d := m.details.Shown(); d != nil {
		return d.Filter
	}
	if m.focus == layout.Slots {
		return m.slots.Filter
	}
	return m.log.Filter
}
