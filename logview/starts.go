package logview

// startMatcher finds the first lines of runs. Their class decides; the text only finds
// the unit quickly.
func startMatcher() *matcher {
	p := &matcher{}
	p.prepare(allOf{newText(startText), startTerm{}}, nil)
	return p
}

// startTerm holds for the first line of a run.
type startTerm struct{ kindTerm }

func (startTerm) judge(c class) verdict {
	if c&classEvent == eventLifecycle {
		return maybe
	}
	return no
}

func (startTerm) match(s *subject) bool { return s.class&classStart != 0 }
