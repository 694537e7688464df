// Package logrow draws one row of a log in one line of the screen.
package logrow

import (
	"strconv"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/layout"
)

// Options is how a row is to look.
type Options struct {
	Width, Shift int
	Clock        Clock
	Now          time.Time
	Chosen       bool
	Long         bool // longer than the screen is wide, to be wrapped
	Open         bool // its further lines follow
	Marked       bool
	Blurred      bool            // the rows do not hear the keys: none has the cursor
	CursorLine   int             // of a detail's row; negative: none
	Match        *logview.Filter // whose matches stand out
}

// Columns of a row: gutter, time, level, event, then what it says.
const (
	gutterWidth = 2

	LevelWidth = 5
	eventWidth = 9
	callWidth  = 14
	agentWidth = 21 // with its name, on a wide screen
)

// Draw draws one row of the log in a single screen line.
func Draw(t *cells.Theme, r *logview.Row, o Options) string {
	end := o.Width + o.Shift
	if o.Long {
		end += MaxShift
	}
	l := cells.NewLine(t, end)
	base := gutter(l, t, r, o)
	switch r.Kind {
	case logview.KindEntry:
		drawEntry(l, t, r, base, o)
	case logview.KindGap:
		l.Put(t.Dim, cells.Clean(r.Text).String())
	case logview.KindRaw, logview.KindPartial:
		drawRaw(l, t, r, base, o)
	}
	s := l.String()
	if marks := o.Match.Highlights(ansi.Strip(s)); len(marks) > 0 {
		s = standOut(s, marks)
	}
	if o.Shift > 0 { // the gutter stays: where the cursor is, and what matters
		return ansi.Truncate(s, gutterWidth, "") + cells.CutLeft(s, gutterWidth+o.Shift)
	}
	return s
}

// gutter draws the two cells at the left, and says how the row's text looks.
func gutter(l *cells.Line, t *cells.Theme, r *logview.Row, o Options) cells.Style {
	st, sign := rowSign(t, r)
	if o.Marked {
		st, sign = t.BusyBold, t.Mark
	}
	switch {
	case o.Chosen:
		l.Put(t.Bold, t.Cursor).Put(st, sign)
		return t.Bold
	case r.Context:
		l.Put(st, sign).To(2)
		return t.Dim
	default:
		l.Put(st, sign).To(2)
		return t.Plain
	}
}

// standOut reverses the parts of a drawn row that match. The parts are given as
// bytes of its plain text.
func standOut(s string, parts [][2]int) string {
	plain := ansi.Strip(s)
	ranges := make([]lipgloss.Range, len(parts))
	for i, p := range parts {
		ranges[i] = lipgloss.NewRange(cells.Width(plain[:p[0]]), cells.Width(plain[:p[1]]), lipgloss.NewStyle().Reverse(true))
	}
	return lipgloss.StyleRanges(s, ranges...)
}

func rowSign(t *cells.Theme, r *logview.Row) (cells.Style, string) {
	switch {
	case r.Kind == logview.KindRaw && r.Level >= hublog.LevelError:
		return t.Bad, t.RawRow
	case r.Kind == logview.KindRaw || r.Kind == logview.KindPartial:
		return t.Dim, t.RawRow
	case r.Kind == logview.KindGap:
		return t.Dim, t.GapRow
	case r.Level >= hublog.LevelError:
		return t.Bad, t.ErrorRow
	case r.Level == hublog.LevelWarn || refused(r):
		return t.Warn, t.WarnRow
	default:
		return t.Plain, ""
	}
}

// refused reports that a line of no great level tells of a call that failed.
func refused(r *logview.Row) bool { return r.Entry.RPC != "" && r.Entry.Err != "" }

func levelStyle(t *cells.Theme, level hublog.Level) cells.Style {
	switch level {
	case hublog.LevelError:
		return t.BadBold
	case hublog.LevelWarn:
		return t.WarnBold
	case hublog.LevelDebug:
		return t.Dim
	case hublog.LevelInfo:
	}
	return t.Plain
}

func drawEntry(l *cells.Line, t *cells.Theme, r *logview.Row, base cells.Style, o Options) {
	e := &r.Entry
	l.To(2).Put(t.Dim, rowTime(e.Ts.Time, o)).Gap(1)
	l.Cell(levelStyle(t, r.Level), r.Level.String(), LevelWidth).Gap(1)
	if o.Width >= layout.StackedWidth || e.RPC == "" && e.Hook == "" {
		l.Cell(t.Dim, cells.Clean(e.Event).String(), eventWidth).Gap(1)
	}
	switch {
	case e.RPC != "":
		l.Cell(base, cells.Clean(e.RPC).String(), callWidth).Gap(1)
	case e.Hook != "":
		l.Cell(base, cells.Clean(e.Hook).String(), callWidth).Gap(1)
	}
	if e.Msg != "" {
		l.Text(base, cells.Clean(e.Msg)).Gap(1)
	}
	if refused(r) { // before what it was about, which may not fit
		st := t.Warn
		if r.Level >= hublog.LevelError {
			st = t.Bad
		}
		l.Text(st, cells.Clean(e.Err)).Gap(2)
	}
	drawFields(l, t, e, r.Level, base)
}

// drawFields appends name=value for every field that is set.
func drawFields(l *cells.Line, t *cells.Theme, e *hublog.Entry, level hublog.Level, base cells.Style) {
	field := func(name, value string, st cells.Style) {
		if value != "" && l.Left() > 0 {
			l.Put(t.Dim, name+"=").Text(st, cells.Clean(value)).Gap(1)
		}
	}
	start := l.Column()
	field("agent", e.Agent, base)
	if e.Agent != "" && l.Width() >= layout.WideWidth {
		l.To(start + agentWidth) // so that tasks stand below each other
	}
	field("task", e.Task, base)
	field("session", e.Session, base)
	field("matcher", e.Matcher, base)
	if e.TookMs != 0 {
		field("took", cells.Brief(time.Duration(e.TookMs)*time.Millisecond), base)
	}
	if e.ResultCount != 0 {
		field("results", strconv.Itoa(e.ResultCount), base)
	}
	if e.RPC == "" {
		bad := base
		if level >= hublog.LevelError {
			bad = t.Bad
		}
		field("err", e.Err, bad)
	}
}

func drawRaw(l *cells.Line, t *cells.Theme, r *logview.Row, base cells.Style, o Options) {
	l.To(2).Cell(t.Dim, "", len(rowTime(o.Now, o))).Gap(1)
	st := base
	if r.Level >= hublog.LevelError {
		st = t.Bad
	}
	l.Cell(t.Dim, "raw", LevelWidth).Gap(1)
	more := ""
	if r.Folded > 0 && !o.Open {
		more = "  (" + strconv.Itoa(r.Folded+1) + " lines, enter opens)"
	}
	text := cells.Clean(r.Text)
	l.Text(st, text.Cut(max(l.Left()-len(more), 0))).Put(t.Dim, more)
}

func rowTime(at time.Time, o Options) string {
	switch o.Clock {
	case clockUTC:
		return at.UTC().Format("2006-01-02T15:04:05Z")
	case ClockAge:
		s := cells.Short(o.Now.Sub(at))
		return "    "[:max(4-len(s), 0)] + s
	case clockLocal, ClockCount:
	}
	return at.In(o.Now.Location()).Format(time.TimeOnly)
}

// Says is what an operator means by "this line".
func Says(r *logview.Row) string {
	switch {
	case r.Kind != logview.KindEntry:
		return r.Text
	case r.Entry.Err != "":
		return r.Entry.Err
	case r.Entry.Msg != "":
		return r.Entry.Msg
	default:
		return r.Text
	}
}

// Clock is how a row tells the time.
type Clock uint8

// The formats.
const (
	clockLocal Clock = iota
	clockUTC
	ClockAge
	ClockCount
)

// String names the format.
func (c Clock) String() string { return [...]string{"local", "utc", "age"}[c%ClockCount] }

// MaxShift bounds the scrolling sideways: a row holds at most 4 KiB of text.
const MaxShift = 4096
