package details

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/commands"
)

// maxDepth bounds how many details lie under the one that is shown.
const maxDepth = 64

// Stack is the detail that is shown, nil if none is, and those below it, to which back
// returns one by one.
type Stack struct {
	run   *commands.Runner
	now   func() time.Time
	shown *Detail
	below []*Detail
	opens int // counts what was shown
}

// NewStack shows nothing yet; what it shows is read by commands of run.
func NewStack(run *commands.Runner, now func() time.Time) Stack { return Stack{run: run, now: now} }

// Shown is the detail that is shown, nil if none is.
func (s *Stack) Shown() *Detail { return s.shown }

// Show shows a detail in the place of the one that is shown.
func (s *Stack) Show(d *Detail) {
	s.opens++
	d.ID = s.opens
	s.shown = d
}

// Forget drops those below.
func (s *Stack) Forget() { s.below = nil }

// Open shows a subject over what is shown now.
func (s *Stack) Open(subject Subject) {
	if s.shown != nil {
		s.below = append(s.below, s.shown)
		s.below = s.below[max(len(s.below)-maxDepth, 0):]
	}
	s.Show(Of(subject))
}

// OpenChosen shows what the row under the cursor stands for.
func (s *Stack) OpenChosen() {
	if r := s.shown.Chosen(); r != nil && r.Open != nil {
		s.Open(r.Open)
	}
}

// OpenSibling shows the next of several lists instead of this one.
func (s *Stack) OpenSibling() {
	if t, ok := s.shown.Src.(Tabbed); ok {
		s.Show(Of(t.Sibling()))
	}
}

// Back shows the detail below, if there is one.
func (s *Stack) Back() {
	n := len(s.below) - 1
	if n < 0 {
		s.shown = nil
		return
	}
	s.shown, s.below = s.below[n], s.below[:n]
	s.shown.Due = s.shown.Src != nil && !s.shown.Content.Fixed
}

// Renew has those details read again that show a subject of a kind.
func (s *Stack) Renew(of func(Subject) bool) {
	for _, d := range s.all() {
		if d.Src != nil && of(d.Src) {
			d.Due = true
		}
	}
}

func (s *Stack) all() []*Detail {
	if s.shown == nil {
		return s.below
	}
	return append([]*Detail{s.shown}, s.below...)
}

// Fetch reads what is shown, if it is time to. in is nil if there is no hub to ask.
func (s *Stack) Fetch(in Inspector) tea.Cmd {
	d := s.shown
	switch {
	case d == nil || d.Src == nil || !d.needs():
		return nil
	case in == nil && !standsAlone(d.Src):
		d.Due = false
		d.problem = cells.Clean("there is no hub to ask")
		return nil
	}
	d.Due, d.Loading = false, true
	return load(s.run, s.now, d.ID, d.Src, in, d.want)
}

func standsAlone(s Subject) bool {
	_, ok := s.(Alone)
	return ok
}

// Update fills the detail that has asked, if it is still there.
func (s *Stack) Update(msg ReadMsg) {
	for _, d := range s.all() {
		if d.ID == msg.id {
			d.SetContent(msg.content, msg.err, msg.now)
		}
	}
}
