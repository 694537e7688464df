package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/findings"
	"bones-tui/logview/safe"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logrow"
	"bones-tui/tui/internal/notice"
	"bones-tui/tui/internal/subjects"
)

// newsPane shows what needs a look, and under it what has happened, the newest first.
type newsPane struct {
	w, h    int
	focused bool
	version int // grows with every change of what is shown

	findings []findings.Finding // the live ones and the doctor's
	examined []findings.Finding // of those, the doctor's
	healthy  string             // what the doctor has found to be well
	checked  time.Time          // when the doctor looked
	entries  []slots.Entry
	known    bool      // entries have arrived
	asOf     time.Time // when they did
	problem  safe.Text // why there are no newer ones
	zone     *time.Location

	due, asking, checking bool
	rows                  details.Detail // a list like that of a detail, with a cursor on any row
}

func newNewsPane() newsPane { return newsPane{rows: details.Detail{Pointed: true}} }

// SetSize gives the pane its cells.
func (p *newsPane) SetSize(w, h int) {
	if p.w != w || p.h != h {
		p.w, p.h = w, h
		p.fill()
	}
}

// SetFocus tells the pane whether it hears the keys.
func (p *newsPane) SetFocus(on bool) { p.focused = on }

// SetFindings takes what needs a look now, the worst first.
func (p *newsPane) SetFindings(all []findings.Finding) {
	if !slices.Equal(p.findings, all) {
		p.findings = all
		p.fill()
	}
}

// SetSource says who will tell what happens, if anybody.
func (p *newsPane) SetSource(src subjects.ActivitySource) {
	p.due = true
	if src == nil {
		p.SetEntries(nil, errors.New("there is no hub to ask"), p.asOf)
	}
}

// SetEntries takes what has happened, the oldest first; the last ones stay if they
// cannot be had.
func (p *newsPane) SetEntries(all []slots.Entry, err error, now time.Time) {
	p.asking = false
	if err != nil {
		p.problem = cells.Clean(notice.Cause(err))
		p.fill()
		return
	}
	same := p.known && p.problem.Width() == 0 && slices.Equal(p.entries, all) && p.zone == now.Location()
	p.known, p.asOf, p.problem, p.entries, p.zone = true, now, safe.Text{}, all, now.Location()
	if !same {
		p.fill()
	}
}

// SetChecks takes what the doctor has found, and when it looked.
func (p *newsPane) SetChecks(all []findings.Finding, now time.Time) {
	p.examined, p.healthy = doctorFindings(all)
	p.checked, p.checking = now, false
	p.fill()
}

// fill makes the rows anew. The cursor stays on its row.
func (p *newsPane) fill() {
	p.version++
	if p.h == 0 {
		return
	}
	rows := p.head()
	for i := len(p.entries) - 1; i >= 0; i-- {
		rows = append(rows, p.entryRow(&p.entries[i]))
	}
	switch {
	case len(p.entries) > 0:
	case p.known:
		rows = append(rows, details.Row{Ink: cells.InkDim, Text: cells.Clean("nothing has happened yet")})
	case p.problem.Width() > 0:
		rows = append(rows, details.Row{Ink: cells.InkWarn, Text: p.problem})
	default:
		rows = append(rows, details.Row{Ink: cells.InkDim, Text: cells.Clean("reading what has happened")})
	}
	p.rows.SetContent(details.Content{Columns: newsColumns(), Untitled: true, Rows: rows}, nil, p.asOf)
	p.rows.Measure(p.w)
	p.rows.Settle(p.h - 1)
}

// head is the findings, on half of the rows at most.
func (p *newsPane) head() []details.Row {
	var rows []details.Row
	room := max((p.h-1)/2, 2)
	put := func(r details.Row, keep int) bool {
		n := r.LineCount(p.w)
		if n+keep > room && len(rows) > 0 {
			return false
		}
		rows, room = append(rows, r), room-n
		return true
	}
	for i, f := range p.findings {
		rest := len(p.findings) - i - 1
		key := fmt.Sprint("finding ", i)
		if !put(details.Row{Ink: findingInk(&f), Prose: true, Text: cells.Clean("! " + f.Text), Key: key, Copy: f.Next, Raw: f.Text}, min(rest, 1)) {
			put(details.Row{Ink: cells.InkDim, Text: cells.Clean("  and " + cells.Plural(int64(rest+1), "more finding", "more findings")), Key: "findings"}, 0)
			return rows
		}
		if f.Next != "" {
			put(details.Row{Text: cells.Clean("  " + f.Next), Key: "fix " + key, Copy: f.Next, Raw: f.Text}, min(rest, 1))
		}
	}
	if len(p.findings) == 0 {
		put(details.Row{Ink: cells.InkOK, Text: cells.Clean("nothing needs a look"), Key: "findings"}, 0)
	}
	if p.healthy != "" {
		put(details.Row{Ink: cells.InkDim, Text: cells.Clean("ok: " + p.healthy).Cut(p.w - 4), Key: "ok"}, 0)
	}
	return rows
}

// newsColumns are those of the activity, with the time of the day in place of the
// age: a pane that is always in view must not change when nothing happens.
func newsColumns() []cells.Column {
	return []cells.Column{
		{Width: 8}, {Width: 10}, {Width: 12, From: 110}, {Width: 10}, {Width: 8, From: 60}, {Width: 14, From: 130}, {},
	}
}

func (p *newsPane) entryRow(e *slots.Entry) details.Row {
	r := subjects.ActivityRow(e)
	at := e.At.In(p.zone)
	text := at.Format(time.TimeOnly)
	if y, m, d := p.asOf.Date(); at.Before(time.Date(y, m, d, 0, 0, 0, 0, p.zone)) {
		text = at.Format("Jan _2")
	}
	r.Cells[0] = cells.InkCell(cells.InkDim, text)
	return r
}

// Act obeys moves.
func (p *newsPane) Act(a keymap.Action) { p.rows.Act(a); p.version++ }

// Point puts the cursor on the row at a line of the pane.
func (p *newsPane) Point(row int) {
	if row > 0 && p.rows.List.Top+row-1 < p.rows.List.Len {
		p.rows.MoveTo(p.rows.List.Top + row - 1)
		p.version++
	}
}

// Scroll moves the rows on the screen.
func (p *newsPane) Scroll(by int) {
	p.rows.List.Wheel(by)
	p.rows.MoveTo(p.rows.List.Cursor)
	p.version++
}

// View draws the rule and the rows that fit.
func (p *newsPane) View(t *cells.Theme, now time.Time) []string {
	r := cells.Rule{Focused: p.focused, Left: []cells.Span{t.Bold.Span(layout.News.String())}}
	if p.problem.Width() > 0 && p.known {
		r.Right = append(r.Right, t.Warn.Span(p.problem.Cut(max(p.w/3, 10)).String()), t.Dim.Span("as of "+cells.Ago(p.asOf, now)))
	}
	if !p.checked.IsZero() {
		r.Right = append(r.Right, t.Dim.Span("checked "+p.checked.In(now.Location()).Format(time.TimeOnly)))
	}
	rows := p.rows.Body(t, p.w, p.h-1, logrow.Options{Now: now, Blurred: !p.focused})
	return append([]string{r.String(t, p.w)}, rows...)
}

// doctorFindings are what the doctor has found to need a look, and the names of what
// it has found to be well. What it says of slots is left out: the screen knows better.
func doctorFindings(all []findings.Finding) (worse []findings.Finding, healthy string) {
	var well []string
	bad := map[string]bool{"slots": true}
	for _, f := range all {
		if f.Grade != findings.GradeOK {
			bad[f.Check] = true
		}
	}
	for _, f := range all {
		switch {
		case f.Check == "slots":
		case f.Grade == findings.GradeOK:
			if !bad[f.Check] && !slices.Contains(well, f.Check) {
				well = append(well, f.Check)
			}
		default:
			worse = append(worse, findings.Finding{Check: f.Check, Grade: f.Grade, Text: f.Check + ": " + f.Text, Next: f.Next})
		}
	}
	return worse, strings.Join(well, " ")
}
