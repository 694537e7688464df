package tui

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

// logBatch is what happened in the log since the last batch.
type logBatch struct {
	snap  logview.Snapshot
	after logview.Pos // the rows are all there is after this place
	rows  []logview.Row
	count int  // rows that came; may be more than rows holds
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
	rows    []logview.Row
	atStart bool // nothing matches before the first row
	atEnd   bool // nothing matches after the last one
	follow  bool // the last row is on the screen and stays there
	list    scroll.List
}

func (w *window) resize(h int) {
	w.list.Resize(len(w.rows), h)
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
	end := min(w.list.Top+w.list.Height, len(w.rows))
	return w.rows[min(w.list.Top, end):end]
}

// newest is the place of the last row, zero if there is none.
func (w *window) newest() logview.Pos {
	if len(w.rows) == 0 {
		return logview.Pos{}
	}
	return w.rows[len(w.rows)-1].Pos
}

// here is the place of the row under the cursor, zero if there is none.
func (w *window) here() logview.Pos {
	if len(w.rows) == 0 {
		return logview.Pos{}
	}
	return w.rows[w.list.Cursor].Pos
}

// append takes new rows at the end. While paused they are kept as long as there
// is room, and fetched again later if not; nothing on the screen moves.
func (w *window) append(b logBatch) {
	switch {
	case b.reset && w.follow || len(w.rows) == 0:
		w.rows, w.atEnd = b.rows, true
		w.atStart = false
		w.list.Cursor = len(w.rows) - 1 // the newest, also if it does not follow
	case b.reset:
		w.atEnd = false
	case !w.atEnd || !w.follow && len(w.rows)+len(b.rows) > windowCap:
		w.atEnd = w.atEnd && len(b.rows) == 0
	case w.newest().Before(b.after): // rows between are missing
		w.atEnd = false
	default:
		w.rows = append(w.rows[:w.upTo(b.after)], b.rows...)
	}
	if w.follow {
		w.trimFront()
	}
	w.resize(w.list.Height)
}

// upTo is how many rows there are up to a place.
func (w *window) upTo(p logview.Pos) int {
	n := len(w.rows)
	for n > 0 && p.Before(w.rows[n-1].Pos) {
		n--
	}
	return n
}

// prepend takes older rows and keeps what is on the screen where it is.
func (w *window) prepend(p logview.Page) {
	w.atStart = p.AtStart || len(p.Rows) == 0
	w.rows = append(p.Rows[:len(p.Rows):len(p.Rows)], w.rows...)
	w.list.Cursor += len(p.Rows)
	w.list.Top += len(p.Rows)
	if over := len(w.rows) - windowCap; over > 0 {
		w.rows, w.atEnd = w.rows[:windowCap:windowCap], false
	}
	w.resize(w.list.Height)
}

// extend takes newer rows.
func (w *window) extend(p logview.Page) {
	w.atEnd = p.AtEnd
	w.rows = append(w.rows, p.Rows...)
	w.trimFront()
	w.resize(w.list.Height)
}

// replace takes other rows and puts the cursor on one of them.
func (w *window) replace(p logview.Page, cursor int) {
	w.rows, w.atStart, w.atEnd = p.Rows, p.AtStart, p.AtEnd
	w.list.Cursor, w.list.Top = cursor, cursor
	w.resize(w.list.Height)
}

// trimFront forgets the oldest rows, in steps, so that it is rarely done.
func (w *window) trimFront() {
	over := len(w.rows) - windowCap
	if over <= 0 {
		return
	}
	over += windowPage
	w.rows = append([]logview.Row(nil), w.rows[over:]...)
	w.atStart = false
	w.list.Cursor -= over
	w.list.Top -= over
}

// want is what must be fetched for the screen to stay full one page ahead.
func (w *window) want() fetch {
	switch {
	case len(w.rows) == 0:
		return fetch{}
	case w.follow && !w.atEnd:
		return fetch{from: fetchTail, n: windowPage}
	case w.list.Top < w.list.Height && !w.atStart && (!w.follow || len(w.rows) < w.list.Height):
		return fetch{from: fetchBefore, pos: w.rows[0].Pos, n: windowPage}
	case !w.atEnd && w.list.Top+2*w.list.Height > len(w.rows):
		return fetch{from: fetchAfter, pos: w.newest(), n: windowPage}
	default:
		return fetch{}
	}
}
