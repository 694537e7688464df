package scroll

import "bones-tui/tui/internal/keymap"

// List is the cursor and the window of a pane of rows.
type List struct {
	Cursor, Top int
	Len, Height int // rows there are, rows that fit
}

// Resize takes new numbers and keeps the cursor in view.
func (l *List) Resize(n, h int) {
	l.Len, l.Height = n, max(h, 1)
	l.Move(0)
}

// Move the cursor by some rows, and the window no more than it must.
func (l *List) Move(by int) {
	l.Cursor = max(min(l.Cursor+by, l.Len-1), 0)
	l.Top = max(min(l.Top, l.Cursor, max(l.Len-l.Height, 0)), l.Cursor-l.Height+1, 0)
}

// Act obeys the actions that move; it reports whether a was one.
func (l *List) Act(a keymap.Action) bool {
	by, ok := l.distance(a)
	if ok {
		l.Move(by)
	}
	return ok
}

// Scroll obeys them by moving the window itself, for text without a cursor.
func (l *List) Scroll(a keymap.Action) {
	if by, ok := l.distance(a); ok {
		l.Top = max(min(l.Top+by, l.Len-l.Height), 0)
	}
}

// Pan takes new numbers and keeps the window within them.
func (l *List) Pan(n, h int) {
	l.Len, l.Height = n, max(h, 1)
	l.Top = max(min(l.Top, l.Len-l.Height), 0)
}

// Around reports whether there are rows above the cursor and below it.
func (l *List) Around() (above, below bool) { return l.Cursor > 0, l.Cursor < l.Len-1 }

// Hidden reports whether there are rows above the window and below it.
func (l *List) Hidden() (above, below bool) { return l.Top > 0, l.Top+l.Height < l.Len }

func (l *List) distance(a keymap.Action) (rows int, ok bool) {
	switch a {
	case keymap.Up:
		return -1, true
	case keymap.Down:
		return 1, true
	case keymap.HalfUp:
		return -max(l.Height/2, 1), true
	case keymap.HalfDown:
		return max(l.Height/2, 1), true
	case keymap.PageUp:
		return -l.Height, true
	case keymap.PageDown:
		return l.Height, true
	case keymap.Top:
		return -l.Len, true
	case keymap.Bottom:
		return l.Len, true
	default:
		return 0, false
	}
}

// Wheel moves the window, and the cursor only as far as it must to stay in view.
func (l *List) Wheel(by int) {
	l.Top = max(min(l.Top+by, l.Len-l.Height), 0)
	l.Cursor = max(min(l.Cursor, l.Top+l.Height-1, l.Len-1), l.Top, 0)
}
