// Package layout says where everything goes on a screen of a size: which panes there are, and
// how large each is.
package layout

import (
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// Pane names a pane; the order is that of the keys 1 to 5.
type Pane uint8

// The panes.
const (
	NATS Pane = iota
	Fossil
	Slots
	Log
	News // on large screens only
	Count
)

// String returns the pane's title.
func (p Pane) String() string {
	return [...]string{"NATS", "FOSSIL", "SLOTS", "LOG", "DOCTOR + TIMELINE"}[p%Count]
}

// Scope is where the pane's keys are heard.
func (p Pane) Scope() keymap.Scope {
	return [...]keymap.Scope{keymap.InNATS, keymap.InFossil, keymap.InSlots, keymap.InLog, keymap.InNews}[p%Count]
}

// Shape is how the panes are arranged.
type Shape uint8

// The shapes.
const (
	Tiny    Shape = iota // too small for anything but a sentence
	Single               // one pane, with tabs
	Compact              // one line a service, over slots, over log
	Wide                 // services side by side, over slots, over log
)

// Sizes below which a shape gives way to the next smaller one.
const (
	MinWidth                    = 40
	MinHeight                   = 10
	StackedWidth, stackedHeight = 60, 16
	WideWidth, wideHeight       = cells.WideScreen, 24
	newsWidth                   = 180 // of a wide screen, for a third pane beside the services
	minLogHeight                = 8
	wideStatusHeight            = 6
	newsStatusHeight            = 7
)

// Area is the size of one pane in cells; a height of zero means not shown.
type Area struct{ Width, Height int }

// Layout is where everything goes: header, panes, notice, keys.
type Layout struct {
	Shape         Shape
	Focus         Pane // another one than was asked for if that has no room
	Width, Height int
	Areas         [Count]Area
}

// HasNews reports whether there is room for what was found and what happened.
func (l *Layout) HasNews() bool { return l.Shape == Wide && l.Width >= newsWidth }

// Panes is how many panes there are to go to.
func (l *Layout) Panes() Pane {
	if l.HasNews() {
		return Count
	}
	return News
}

// Upper are the panes that stand beside each other above the slots, if they do.
func (l *Layout) Upper() []Pane {
	switch {
	case l.HasNews():
		return []Pane{NATS, Fossil, News}
	case l.Shape == Wide:
		return []Pane{NATS, Fossil}
	}
	return nil
}

// Arrange is a pure function of the screen, of how many rows the slots pane
// could use, and of the pane that has the screen to itself, if any.
func Arrange(w, h, slotRows int, focus Pane, zoomed bool) Layout {
	l := Layout{Width: w, Height: h, Focus: focus}
	switch {
	case w < MinWidth || h < MinHeight:
		return l
	case w < StackedWidth || h < stackedHeight:
		l.Shape = Single
		l.settle()
		l.Areas[l.Focus] = Area{w, h - 4} // header, tabs, notice, keys
		return l
	case w >= WideWidth && h >= wideHeight:
		l.Shape = Wide
	default:
		l.Shape = Compact
	}
	l.settle()
	body := h - 3 // header, notice, keys
	if zoomed {
		l.Areas[l.Focus] = Area{w, body}
		return l
	}
	status := 2
	if l.Shape == Wide {
		status = l.beside()
	} else {
		l.Areas[NATS] = Area{w, 1}
		l.Areas[Fossil] = Area{w, 1}
	}
	rows := min(slotRows+2, h/3)
	rows = max(min(rows, body-status-minLogHeight), 3)
	l.Areas[Slots] = Area{w, rows}
	l.Areas[Log] = Area{w, body - status - rows}
	return l
}

// beside divides the width among the upper panes, with a bar between two, and
// returns their height.
func (l *Layout) beside() int {
	height := wideStatusHeight
	if l.HasNews() {
		height = newsStatusHeight
	}
	left := l.Width
	upper := l.Upper()
	for i, id := range upper {
		n := len(upper) - i
		l.Areas[id] = Area{(left - (n - 1)) / n, height}
		left -= l.Areas[id].Width + 1
	}
	return height
}

// settle gives the focus to a pane that there is room for.
func (l *Layout) settle() {
	if l.Focus >= l.Panes() {
		l.Focus = Slots
	}
}

// Bars are the columns of the bars between the upper panes that are shown.
func (l *Layout) Bars() (at [2]int) {
	x := 0
	for i, id := range l.Upper() {
		if x += l.Areas[id].Width; l.Areas[id].Height > 0 && x < l.Width {
			at[i] = x
		}
		x++
	}
	return at
}
