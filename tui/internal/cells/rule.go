package cells

// Rule is the line above a pane: its title and what belongs to it at the left,
// facts at the right. A thick rule marks the pane that hears the keys.
type Rule struct {
	Focused   bool
	Left      []Span // the first is the title
	Right     []Span // dropped from the front if there is no room
	BarsAbove [2]int // columns at which bars from above end; 0 for none
}

// String draws the rule over width cells.
func (r Rule) String(t *Theme, width int) string {
	dash, st := t.thin, t.Dim
	if r.Focused {
		dash, st = t.thick, t.Plain
	}
	right := r.Right
	for len(right) > 0 && LeftWidth(r.Left)+RightWidth(right)+2 > width {
		right = right[1:]
	}
	l := NewLine(t, width).Put(st, dash)
	for _, s := range r.Left {
		l.Gap(1).Put(s.Style, s.Text).Gap(1)
	}
	r.fill(l, st, dash, width-RightWidth(right), t.joint)
	for _, s := range right {
		l.Put(t.Plain, " ").Put(s.Style, s.Text).Put(st, " "+dash)
	}
	return l.String()
}

func (r Rule) fill(l *Line, st Style, dash string, until int, joint string) {
	var run []byte
	for at := l.at; at < until; at++ {
		if at > 0 && (at == r.BarsAbove[0] || at == r.BarsAbove[1]) {
			run = append(run, joint...)
			continue
		}
		run = append(run, dash...)
	}
	l.Put(st, string(run))
}

// LeftWidth is the room that spans at the left take: it counts each span with a space at either side, after one dash.
func LeftWidth(spans []Span) int {
	n := 1
	for _, s := range spans {
		n += s.Width() + 2
	}
	return n
}

// RightWidth is the room that spans at the right take: it counts each span with the two spaces and the dash around it.
func RightWidth(spans []Span) int {
	n := 0
	for _, s := range spans {
		n += s.Width() + 3
	}
	return n
}
