package tui

import (
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// paneID names a pane; the order is that of the keys 1 to 5.
type paneID uint8

const (
	paneNATS paneID = iota
	paneFossil
	paneSlots
	paneLog
	paneNews // on large screens only
	paneCount
)

// String returns the pane's title.
func (p paneID) String() string {
	return [...]string{"NATS", "FOSSIL", "SLOTS", "LOG", "DOCTOR + TIMELINE"}[p%paneCount]
}

// scope is where the pane's keys are heard.
func (p paneID) scope() keymap.Scope {
	return [...]keymap.Scope{keymap.InNATS, keymap.InFossil, keymap.InSlots, keymap.InLog, keymap.InNews}[p%paneCount]
}

// shape is how the panes are arranged.
type shape uint8

const (
	shapeTiny    shape = iota // too small for anything but a sentence
	shapeSingle               // one pane, with tabs
	shapeCompact              // one line a service, over slots, over log
	shapeWide                 // services side by side, over slots, over log
)

// Sizes below which a shape gives way to the next smaller one.
const (
	minWidth, minHeight         = 40, 10
	stackedWidth, stackedHeight = 60, 16
	wideWidth, wideHeight       = cells.WideScreen, 24
	newsWidth                   = 180 // of a wide screen, for a third pane beside the services
	minLogHeight                = 8
	wideStatusHeight            = 6
	newsStatusHeight            = 7
)

// size of one pane in cells; a height of zero means not shown.
type area struct{ w, h int }

// layout is where everything goes: header, panes, notice, keys.
type layout struct {
	shape shape
	focus paneID // another one than was asked for if that has no room
	w, h  int
	panes [paneCount]area
}

// news reports whether there is room for what was found and what happened.
func (l *layout) news() bool { return l.shape == shapeWide && l.w >= newsWidth }

// count is how many panes there are to go to.
func (l *layout) count() paneID {
	if l.news() {
		return paneCount
	}
	return paneNews
}

// upper are the panes that stand beside each other above the slots, if they do.
func (l *layout) upper() []paneID {
	switch {
	case l.news():
		return []paneID{paneNATS, paneFossil, paneNews}
	case l.shape == shapeWide:
		return []paneID{paneNATS, paneFossil}
	}
	return nil
}

// arrange is a pure function of the screen, of how many rows the slots pane
// could use, and of the pane that has the screen to itself, if any.
func arrange(w, h, slotRows int, focus paneID, zoomed bool) layout {
	l := layout{w: w, h: h, focus: focus}
	switch {
	case w < minWidth || h < minHeight:
		return l
	case w < stackedWidth || h < stackedHeight:
		l.shape = shapeSingle
		l.settle()
		l.panes[l.focus] = area{w, h - 4} // header, tabs, notice, keys
		return l
	case w >= wideWidth && h >= wideHeight:
		l.shape = shapeWide
	default:
		l.shape = shapeCompact
	}
	l.settle()
	body := h - 3 // header, notice, keys
	if zoomed {
		l.panes[l.focus] = area{w, body}
		return l
	}
	status := 2
	if l.shape == shapeWide {
		status = l.beside()
	} else {
		l.panes[paneNATS] = area{w, 1}
		l.panes[paneFossil] = area{w, 1}
	}
	rows := min(slotRows+2, h/3)
	rows = max(min(rows, body-status-minLogHeight), 3)
	l.panes[paneSlots] = area{w, rows}
	l.panes[paneLog] = area{w, body - status - rows}
	return l
}

// beside divides the width among the upper panes, with a bar between two, and
// returns their height.
func (l *layout) beside() int {
	height := wideStatusHeight
	if l.news() {
		height = newsStatusHeight
	}
	left := l.w
	upper := l.upper()
	for i, id := range upper {
		n := len(upper) - i
		l.panes[id] = area{(left - (n - 1)) / n, height}
		left -= l.panes[id].w + 1
	}
	return height
}

// settle gives the focus to a pane that there is room for.
func (l *layout) settle() {
	if l.focus >= l.count() {
		l.focus = paneSlots
	}
}

// bars are the columns of the bars between the upper panes that are shown.
func (l *layout) bars() (at [2]int) {
	x := 0
	for i, id := range l.upper() {
		if x += l.panes[id].w; l.panes[id].h > 0 && x < l.w {
			at[i] = x
		}
		x++
	}
	return at
}
