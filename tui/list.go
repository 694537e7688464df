package tui

import "bones-tui/tui/internal/keymap"

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
func (l *list) act(a keymap.Action) bool {
	by, ok := l.distance(a)
	if ok {
		l.move(by)
	}
	return ok
}

// scroll obeys them by moving the window itself, for text without a cursor.
func (l *list) scroll(a keymap.Action) {
	if by, ok := l.distance(a); ok {
		l.top = max(min(l.top+by, l.n-l.h), 0)
	}
}

// pan takes new numbers and keeps the window within them.
func (l *list) pan(n, h int) {
	l.n, l.h = n, max(h, 1)
	l.top = max(min(l.top, l.n-l.h), 0)
}

// around reports whether there are rows above the cursor and below it.
func (l *list) around() (above, below bool) { return l.cursor > 0, l.cursor < l.n-1 }

// hidden reports whether there are rows above the window and below it.
func (l *list) hidden() (above, below bool) { return l.top > 0, l.top+l.h < l.n }

func (l *list) distance(a keymap.Action) (rows int, ok bool) {
	switch a {
	case keymap.Up:
		return -1, true
	case keymap.Down:
		return 1, true
	case keymap.HalfUp:
		return -max(l.h/2, 1), true
	case keymap.HalfDown:
		return max(l.h/2, 1), true
	case keymap.PageUp:
		return -l.h, true
	case keymap.PageDown:
		return l.h, true
	case keymap.Top:
		return -l.n, true
	case keymap.Bottom:
		return l.n, true
	default:
		return 0, false
	}
}

// wheel moves the window, and the cursor only as far as it must to stay in view.
func (l *list) wheel(by int) {
	l.top = max(min(l.top+by, l.n-l.h), 0)
	l.cursor = max(min(l.cursor, l.top+l.h-1, l.n-1), l.top, 0)
}
