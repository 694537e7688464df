package tui

// paneID names a pane; the order is that of the keys 1 to 4.
type paneID uint8

const (
	paneNATS paneID = iota
	paneFossil
	paneSlots
	paneLog
	paneCount
)

// String returns the pane's title.
func (p paneID) String() string {
	return [...]string{"NATS", "FOSSIL", "SLOTS", "LOG"}[p%paneCount]
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
	wideWidth, wideHeight       = 100, 24
	minLogHeight                = 8
	wideStatusHeight            = 6
)

// size of one pane in cells; a height of zero means not shown.
type area struct{ w, h int }

// layout is where everything goes: header, panes, notice, keys.
type layout struct {
	shape shape
	w, h  int
	panes [paneCount]area
}

// arrange is a pure function of the screen, of how many rows the slots pane
// could use, and of the pane that has the screen to itself, if any.
func arrange(w, h, slotRows int, focus paneID, zoomed bool) layout {
	l := layout{w: w, h: h}
	switch {
	case w < minWidth || h < minHeight:
		return l
	case w < stackedWidth || h < stackedHeight:
		l.shape = shapeSingle
		l.panes[focus] = area{w, h - 4} // header, tabs, notice, keys
		return l
	case w >= wideWidth && h >= wideHeight:
		l.shape = shapeWide
	default:
		l.shape = shapeCompact
	}
	body := h - 3 // header, notice, keys
	if zoomed {
		l.panes[focus] = area{w, body}
		return l
	}
	status := 2
	if l.shape == shapeWide {
		status = wideStatusHeight
		left := (w - 1) / 2
		l.panes[paneNATS] = area{left, status}
		l.panes[paneFossil] = area{w - 1 - left, status}
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
