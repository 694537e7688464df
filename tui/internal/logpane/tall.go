package logpane

import (
	"context"
	"slices"
	"strings"
	"time"

	"bones-tui/tui/internal/logrow"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// maxUnfolded bounds how many lines of a trace are shown in the log; enter opens all.
const maxUnfolded = 500

// whole is how many different rows are on the screen.
func (t *tall) whole() int {
	n := 0
	for i := range t.rows {
		if i == 0 || t.rows[i] != t.rows[i-1] {
			n++
		}
	}
	return n
}

// unfold shows all lines of the trace under the cursor in the log, or only its first.
func (p *Pane) unfold() tea.Cmd {
	row, ok := p.Chosen()
	if !ok || p.Fold(row.Pos) {
		return nil
	}
	return p.src.Do(func(ctx context.Context) tea.Msg {
		text, err := p.src.log.Detail(ctx, row.Pos)
		return unfoldedMsg{row.Pos, text, err}
	})
}

func (p *Pane) unfolded(msg unfoldedMsg) {
	if msg.err != nil {
		p.notice.Fail(msg.err)
		return
	}
	p.Unfold(msg.pos, string(msg.text))
}

// Folded reports whether the row under the cursor has more lines than one.
func (p *Pane) Folded() bool {
	row, ok := p.Chosen()
	return ok && row.Folded > 0
}

// Fold closes an open row; it reports whether it was open.
func (p *Pane) Fold(pos logview.Pos) bool {
	if _, open := p.tall.unfolded[pos]; !open {
		return false
	}
	p.Version++
	delete(p.tall.unfolded, pos)
	return true
}

// Unfold opens a row: text is all of it.
func (p *Pane) Unfold(pos logview.Pos, text string) {
	p.Version++
	if p.tall.unfolded == nil {
		p.tall.unfolded = map[logview.Pos][]safe.Text{}
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	lines = lines[min(len(lines), 1):]
	out := make([]safe.Text, 0, min(len(lines), maxUnfolded))
	for _, s := range lines[:min(len(lines), maxUnfolded)] {
		out = append(out, cells.Clean(strings.TrimSuffix(s, "\r")))
	}
	p.tall.unfolded[pos] = out
}

// Wrap shows long lines whole, or cuts them at the edge of the screen.
func (p *Pane) Wrap() {
	p.tall.wrap = !p.tall.wrap
	p.tall.top = logview.Pos{}
	p.shift = 0
}

// page moves by as many rows as are on the screen.
func (p *Pane) page(a keymap.Action) (resumed bool) {
	high := p.Window.list.Height
	if p.tall.on() && (a == keymap.PageUp || a == keymap.PageDown) {
		p.Window.list.Height = max(p.tall.whole()-1, 1)
	}
	resumed = p.Window.act(a)
	p.Window.list.Height = high
	return resumed
}

// tallRows draws the rows on the screen, those before the cursor as far as there is
// room for the row with the cursor.
func (p *Pane) tallRows(t *cells.Theme, now time.Time) []string {
	h, rows, cursor := p.rowsHigh(), p.Window.Rows, p.Window.list.Cursor
	drawn := map[int][]string{}
	lines := func(i int) []string {
		if _, ok := drawn[i]; !ok {
			drawn[i] = p.tallRow(t, i, now)
		}
		return drawn[i]
	}
	first := p.tallTop(lines, h)
	var out []string
	p.tall.rows = p.tall.rows[:0]
	put := func(i int) {
		for _, s := range lines(i) {
			out = append(out, s)
			p.tall.rows = append(p.tall.rows, i)
		}
	}
	for i := first; i <= cursor; i++ {
		put(i)
	}
	if over := len(out) - h; over > 0 && first < cursor { // the row with the cursor is whole
		out, p.tall.rows = out[over:], p.tall.rows[over:]
	}
	for i := cursor + 1; i < len(rows) && len(out) < h; i++ {
		put(i)
	}
	out, p.tall.rows = out[:min(len(out), h)], p.tall.rows[:min(len(out), h)]
	p.tall.top = rows[first].Pos
	return out
}

// tallTop is the first row to draw: where the screen was, moved no more than the
// cursor asks for, and with the screen full if there are rows enough.
func (p *Pane) tallTop(lines func(int) []string, h int) int {
	rows, cursor := p.Window.Rows, p.Window.list.Cursor
	top := min(p.Window.list.Top, cursor)
	if !p.tall.top.IsZero() {
		i := slices.IndexFunc(rows, func(r logview.Row) bool { return !r.Pos.Before(p.tall.top) })
		top = min(max(i, 0), cursor)
	}
	used := 0 // by the rows from top to the cursor
	for i := cursor; i >= top; i-- {
		if used += len(lines(i)); used >= h {
			top = i
		}
	}
	for i := cursor + 1; i < len(rows) && used < h; i++ {
		used += len(lines(i))
	}
	for top > 0 && used < h {
		top--
		used += len(lines(top))
	}
	return top
}

// tallRow is all lines of one row.
func (p *Pane) tallRow(t *cells.Theme, i int, now time.Time) []string {
	r := &p.Window.Rows[i]
	o := p.rowOptions(r, i, now)
	further, open := p.tall.unfolded[r.Pos]
	o.Open = open
	if !p.tall.wrap {
		out := []string{logrow.Draw(t, r, o)}
		for _, s := range further {
			out = append(out, drawFurther(t, s.Window(p.shift, p.w), o))
		}
		return out
	}
	o.Long = true
	out := wrapRow(logrow.Draw(t, r, o), p.w, wrapIndent)
	for _, s := range further {
		o.Width = s.Width() + p.w
		out = append(out, wrapRow(drawFurther(t, s, o), p.w, wrapIndent)...)
	}
	return out
}

// wrapIndent puts what is wrapped under the level.
const wrapIndent = 11

// drawFurther is a line of an open trace, under the first one.
func drawFurther(t *cells.Theme, s safe.Text, o logrow.Options) string {
	return cells.NewLine(t, o.Width).Put(t.Dim, "  "+t.RawRow).To(wrapIndent+logrow.LevelWidth+1).Text(t.Plain, s).String()
}

// wrapRow cuts a drawn row into lines of at most w cells, those after the first
// one indented.
func wrapRow(s string, w, indent int) []string {
	s = strings.TrimRight(s, " ")
	total := ansi.StringWidth(s)
	if total <= w {
		return []string{s}
	}
	if indent > w/2 {
		indent = 2
	}
	out := []string{ansi.Truncate(s, w, "")}
	at := ansi.StringWidth(out[0])
	for at < total {
		piece := ansi.Truncate(ansi.TruncateLeft(s, at, ""), w-indent, "")
		n := ansi.StringWidth(piece)
		if n == 0 {
			break
		}
		out = append(out, strings.Repeat(" ", indent)+piece)
		at += n
	}
	return out
}
