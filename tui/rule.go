package tui

// rule is the line above a pane: its title and what belongs to it at the left,
// facts at the right. A thick rule marks the pane that hears the keys.
type rule struct {
	focused bool
	left    []span // the first is the title
	right   []span // dropped from the front if there is no room
	joints  [2]int // columns at which bars from above end; 0 for none
}

func (r rule) String(t *theme, width int) string {
	dash, st := t.thin, t.dim
	if r.focused {
		dash, st = t.thick, t.plain
	}
	right := r.right
	for len(right) > 0 && leftWidth(r.left)+rightWidth(right)+2 > width {
		right = right[1:]
	}
	l := newLine(t, width).put(st, dash)
	for _, s := range r.left {
		l.gap(1).put(s.style, s.text).gap(1)
	}
	r.fill(l, st, dash, width-rightWidth(right), t.joint)
	for _, s := range right {
		l.put(t.plain, " ").put(s.style, s.text).put(st, " "+dash)
	}
	return l.String()
}

func (r rule) fill(l *line, st style, dash string, until int, joint string) {
	var run []byte
	for at := l.at; at < until; at++ {
		if at > 0 && (at == r.joints[0] || at == r.joints[1]) {
			run = append(run, joint...)
			continue
		}
		run = append(run, dash...)
	}
	l.put(st, string(run))
}

// leftWidth counts each span with a space at either side, after one dash.
func leftWidth(spans []span) int {
	n := 1
	for _, s := range spans {
		n += s.width() + 2
	}
	return n
}

// rightWidth counts each span with the two spaces and the dash around it.
func rightWidth(spans []span) int {
	n := 0
	for _, s := range spans {
		n += s.width() + 3
	}
	return n
}
