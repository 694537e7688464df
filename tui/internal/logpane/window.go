package logpane

import (
	"bones-tui/logview"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/scroll"
)

// Sizes of the window of rows: what one fetch asks for, and how many rows are
// held at most. The cap bounds the pane's memory to a few MiB.
const (
	windowPage = 256
	windowCap  = 2048
)

// fetchFrom says from where in the history a fetch reads.
type fetchFrom uint8

const (
	fetchNone fetchFrom = iota
	fetchHead
	fetchTail
	fetchBefore // rows older than pos
	fetchAfter  // rows newer than pos
)

// fetch asks for n rows.
type fetch struct {
	from fetchFrom
	pos  logview.Pos
	n    int
}

// Batch is what happened in the log since the last batch.
type Batch struct {
	Snap  logview.Snapshot
	after logview.Pos // the rows are all there is after this place
	Rows  []logview.Row
	Count int  // rows that came; may be more than rows holds
	reset bool // rows does not continue what came before
}

// progress is how far the log has been read.
type progress struct {
	newest  logview.Pos // of the last row that was seen to come
	settled logview.Pos // of the last one that will not change any more
}

// take goes on to the end of rows. A last row that is not an entry may grow: more
// of the same trace, the rest of an unfinished line.
func (p *progress) take(rows []logview.Row) {
	for i := range rows {
		p.newest = rows[i].Pos
		if i < len(rows)-1 || rows[i].Kind == logview.KindEntry {
			p.settled = rows[i].Pos
		}
	}
}

// window is a run of consecutive rows of the history with a cursor.
type window struct {
	Rows    []logview.Row
	atStart bool // nothing matches before the first row
	atEnd   bool // nothing matches after the last one
	follow  bool // the last row is on the screen and stays there
	list    scroll.List
}

func (w *window) resize(h int) {
	w.list.Resize(len(w.Rows), h)
	if w.follow {
		w.list.Act(keymap.Bottom)
	}
}

// act moves. Going up stops following; reaching the end by going down starts
// it again, and is reported.
func (w *window) act(a keymap.Action) (resumed bool) {
	was := w.list.Cursor
	if !w.list.Act(a) {
		return false
	}
	if w.list.Cursor < was {
		w.follow = false
	}
	down := a == keymap.Down || a == keymap.PageDown || a == keymap.HalfDown
	return down && !w.follow && w.atEnd && was == w.list.Cursor
}

// visible is what is on the screen.
func (w *window) visible() []logview.Row {
	end := min(w.list.Top+w.list.Height, len(w.Rows))
	return w.Rows[min(w.list.Top, end):end]
}

// newest is the place of the last row, zero if there is none.
func (w *window) newest() logview.Pos {
	if len(w.Rows) == 0 {
		return logview.Pos{}
	}
	return w.Rows[len(w.Rows)-1].Pos
}

// here is the place of the row under the cursor, zero if there is none.
func (w *window) here() logview.Pos {
	if len(w.Rows) == 0 {
		return logview.Pos{}
	}
	return w.Rows[w.list.Cursor].Pos
}

// append takes new rows at the end. While paused they are kept as long as there
// is room, and fetched again later if not; nothing on the screen moves.
func (w *window) append(b Batch) {
	switch {
	case b.reset && w.follow || len(w.Rows) == 0:
		w.Rows, w.atEnd = b.Rows, true
		w.atStart = false
		w.list.Cursor = len(w.Rows) - 1 // the newest, also if it does not follow
	case b.reset:
		w.atEnd = false
	case !w.atEnd || !w.follow && len(w.Rows)+len(b.Rows) > windowCap:
		w.atEnd = w.atEnd && len(b.Rows) == 0
	case w.newest().Before(b.after): // rows between are missing
		w.atEnd = false
	default:
		w.Rows = append(w.Rows[:w.upTo(b.after)], b.Rows...)
	}
	if w.follow {
		w.trimFront()
	}
	w.resize(w.list.Height)
}

// upTo is how many rows there are up to a place.
func (w *window) upTo(p logview.Pos) int {
	n := len(w.Rows)
	for n > 0 && p.Before(w.Rows[n-1].Pos) {
		n--
	}
	return n
}

// prepend takes older rows and keeps what is on the screen where it is.
func (w *window) prepend(p logview.Page) {
	w.atStart = p.AtStart || len(p.Rows) == 0
	w.Rows = append(p.Rows[:len(p.Rows):len(p.Rows)], w.Rows...)
	w.list.Cursor += len(p.Rows)
	w.list.Top += len(p.Rows)
	if over := len(w.Rows) - windowCap; over > 0 {
		w.Rows, w.atEnd = w.Rows[:windowCap:windowCap], false
	}
	w.resize(w.list.Height)
}

// extend takes newer rows.
func (w *window) extend(p logview.Page) {
	w.atEnd = p.AtEnd
	w.Rows = append(w.Rows, p.Rows...)
	w.trimFront()
	w.resize(w.list.Height)
}

// replace takes other rows and puts the cursor on one of them.
func (w *window) replace(p logview.Page, cursor int) {
	w.Rows, w.atStart, w.atEnd = p.Rows, p.AtStart, p.AtEnd
	w.list.Cursor, w.list.Top = cursor, cursor
	w.resize(w.list.Height)
}

// trimFront forgets the oldest rows, in steps, so that it is rarely done.
func (w *window) trimFront() {
	over := len(w.Rows) - windowCap
	if over <= 0 {
		return
	}
	over += windowPage
	w.Rows = append([]logview.Row(nil), w.Rows[over:]...)
	w.atStart = false
	w.list.Cursor -= over
	w.list.Top -= over
}

// want is what must be fetched for the screen to stay full one page ahead.
func (w *window) want() fetch {
	switch {
	case len(w.Rows) == 0:
		return fetch{}
	case w.follow && !w.atEnd:
		return fetch{from: fetchTail, n: windowPage}
	case w.list.Top < w.list.Height && !w.atStart && (!w.follow || len(w.Rows) < w.list.Height):
		return fetch{from: fetchBefore, pos: w.Rows[0].Pos, n: windowPage}
	case !w.atEnd && w.list.Top+2*w.list.Height > len(w.Rows):
		return fetch{from: fetchAfter, pos: w.newest(), n: windowPage}
	default:
		return fetch{}
	}
}
