package query

import "bones-tui/logview/internal/row"

// RunStarts finds the first lines of runs. Their class decides; the text only finds
// the unit quickly.
func RunStarts() *Matcher {
	p := &Matcher{}
	p.prepare(allOf{newText(row.RunStartText), startTerm{}}, nil)
	return p
}

// startTerm holds for the first line of a run.
type startTerm struct{ kindTerm }

func (startTerm) byClass(c row.Class) Answer {
	if c&row.EventBits == row.EventLifecycle {
		return Maybe
	}
	return No
}

func (startTerm) match(s *Subject) bool { return s.Class&row.RunStart != 0 }
