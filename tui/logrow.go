package tui

import (
	"strconv"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

// rowOptions is how a row is to look.
type rowOptions struct {
	width, shift int
	clock        clockFormat
	now          time.Time
	chosen       bool
	long         bool // longer than the screen is wide, to be wrapped
	open         bool // its further lines follow
	marked       bool
	blurred      bool            // the rows do not hear the keys: none has the cursor
	cursorLine   int             // of a detail's row; negative: none
	match        *logview.Filter // whose matches stand out
}

// Columns of a row: gutter, time, level, event, then what it says.
const (
	gutterWidth = 2

	levelWidth = 5
	eventWidth = 9
	callWidth  = 14
	agentWidth = 21 // with its name, on a wide screen
)

// drawRow draws one row of the log in a single screen line.
func drawRow(t *theme, r *logview.Row, o rowOptions) string {
	end := o.width + o.shift
	if o.long {
		end += maxShift
	}
	l := newLine(t, end)
	base := gutter(l, t, r, o)
	switch r.Kind {
	case logview.KindEntry:
		drawEntry(l, t, r, base, o)
	case logview.KindGap:
		l.put(t.dim, clean(r.Text).String())
	case logview.KindRaw, logview.KindPartial:
		drawRaw(l, t, r, base, o)
	}
	s := l.String()
	if marks := o.match.Highlights(ansi.Strip(s)); len(marks) > 0 {
		s = standOut(s, marks)
	}
	if o.shift > 0 { // the gutter stays: where the cursor is, and what matters
		return ansi.Truncate(s, gutterWidth, "") + cutLeft(s, gutterWidth+o.shift)
	}
	return s
}

// gutter draws the two cells at the left, and says how the row's text looks.
func gutter(l *line, t *theme, r *logview.Row, o rowOptions) style {
	st, sign := rowSign(t, r)
	if o.marked {
		st, sign = t.busyBold, t.mark
	}
	switch {
	case o.chosen:
		l.put(t.bold, t.cursor).put(st, sign)
		return t.bold
	case r.Context:
		l.put(st, sign).to(2)
		return t.dim
	default:
		l.put(st, sign).to(2)
		return t.plain
	}
}

// standOut reverses the parts of a drawn row that match. The parts are given as
// bytes of its plain text.
func standOut(s string, parts [][2]int) string {
	plain := ansi.Strip(s)
	ranges := make([]lipgloss.Range, len(parts))
	for i, p := range parts {
		ranges[i] = lipgloss.NewRange(cells(plain[:p[0]]), cells(plain[:p[1]]), lipgloss.NewStyle().Reverse(true))
	}
	return lipgloss.StyleRanges(s, ranges...)
}

func rowSign(t *theme, r *logview.Row) (style, string) {
	switch {
	case r.Kind == logview.KindRaw && r.Level >= hublog.LevelError:
		return t.bad, t.rawRow
	case r.Kind == logview.KindRaw || r.Kind == logview.KindPartial:
		return t.dim, t.rawRow
	case r.Kind == logview.KindGap:
		return t.dim, t.gapRow
	case r.Level >= hublog.LevelError:
		return t.bad, t.errorRow
	case r.Level == hublog.LevelWarn || refused(r):
		return t.warn, t.warnRow
	default:
		return t.plain, ""
	}
}

// refused reports that a line of no great level tells of a call that failed.
func refused(r *logview.Row) bool { return r.Entry.RPC != "" && r.Entry.Err != "" }

func levelStyle(t *theme, level hublog.Level) style {
	switch level {
	case hublog.LevelError:
		return t.badBold
	case hublog.LevelWarn:
		return t.warnBold
	case hublog.LevelDebug:
		return t.dim
	case hublog.LevelInfo:
	}
	return t.plain
}

func drawEntry(l *line, t *theme, r *logview.Row, base style, o rowOptions) {
	e := &r.Entry
	l.to(2).put(t.dim, rowTime(e.Ts.Time, o)).gap(1)
	l.cell(levelStyle(t, r.Level), r.Level.String(), levelWidth).gap(1)
	if o.width >= stackedWidth || e.RPC == "" && e.Hook == "" {
		l.cell(t.dim, clean(e.Event).String(), eventWidth).gap(1)
	}
	switch {
	case e.RPC != "":
		l.cell(base, clean(e.RPC).String(), callWidth).gap(1)
	case e.Hook != "":
		l.cell(base, clean(e.Hook).String(), callWidth).gap(1)
	}
	if e.Msg != "" {
		l.text(base, clean(e.Msg)).gap(1)
	}
	if refused(r) { // before what it was about, which may not fit
		st := t.warn
		if r.Level >= hublog.LevelError {
			st = t.bad
		}
		l.text(st, clean(e.Err)).gap(2)
	}
	drawFields(l, t, e, r.Level, base)
}

// drawFields appends name=value for every field that is set.
func drawFields(l *line, t *theme, e *hublog.Entry, level hublog.Level, base style) {
	field := func(name, value string, st style) {
		if value != "" && l.left() > 0 {
			l.put(t.dim, name+"=").text(st, clean(value)).gap(1)
		}
	}
	start := l.column()
	field("agent", e.Agent, base)
	if e.Agent != "" && l.width() >= wideWidth {
		l.to(start + agentWidth) // so that tasks stand below each other
	}
	field("task", e.Task, base)
	field("session", e.Session, base)
	field("matcher", e.Matcher, base)
	if e.TookMs != 0 {
		field("took", brief(time.Duration(e.TookMs)*time.Millisecond), base)
	}
	if e.ResultCount != 0 {
		field("results", strconv.Itoa(e.ResultCount), base)
	}
	if e.RPC == "" {
		bad := base
		if level >= hublog.LevelError {
			bad = t.bad
		}
		field("err", e.Err, bad)
	}
}

func drawRaw(l *line, t *theme, r *logview.Row, base style, o rowOptions) {
	l.to(2).cell(t.dim, "", len(rowTime(o.now, o))).gap(1)
	st := base
	if r.Level >= hublog.LevelError {
		st = t.bad
	}
	l.cell(t.dim, "raw", levelWidth).gap(1)
	more := ""
	if r.Folded > 0 && !o.open {
		more = "  (" + strconv.Itoa(r.Folded+1) + " lines, enter opens)"
	}
	text := clean(r.Text)
	l.text(st, text.Cut(max(l.left()-len(more), 0))).put(t.dim, more)
}

func rowTime(at time.Time, o rowOptions) string {
	switch o.clock {
	case clockUTC:
		return at.UTC().Format("2006-01-02T15:04:05Z")
	case clockAge:
		s := short(o.now.Sub(at))
		return "    "[:max(4-len(s), 0)] + s
	case clockLocal, clockCount:
	}
	return at.In(o.now.Location()).Format(time.TimeOnly)
}
