package tui

// list is the cursor and the window of a pane of rows.
type list struct {
	cursor, top int
	n, h        int // rows there are, rows that fit
}

// resize takes new numbers and keeps the cursor in view.
func (l *list) resize(n, h int) {
	l.n, l.h = n, max(h, 1)
	l.move(0)
}

// move the cursor by some rows, and the window no more than it must.
func (l *list) move(by int) {
	l.cursor = max(min(l.cursor+by, l.n-1), 0)
	l.top = max(min(l.top, l.cursor, max(l.n-l.h, 0)), l.cursor-l.h+1, 0)
}

// act obeys the actions that move; it reports whether a was one.
func (l *list) act(a action) bool {
	steps := map[action]int{
		actUp: -1, actDown: 1, actHalfUp: -l.h / 2, actHalfDown: l.h / 2,
		actPageUp: -l.h, actPageDown: l.h, actTop: -l.n, actBottom: l.n,
	}
	by, ok := steps[a]
	if ok {
		l.move(by)
	}
	return ok
}
