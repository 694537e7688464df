// Package newspane is the pane of what needs a look and what has happened.
package newspane

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

// Pane shows what needs a look, and under it what has happened, the newest first.
type Pane struct {
	w, h    int
	focused bool
	Version int // grows with every change of what is shown

	findings []findings.Finding // the live ones and the doctor's
	Examined []findings.Finding // of those, the doctor's
	Healthy  string             // what the doctor has found to be well
	Checked  time.Time          // when the doctor looked
	entries  []slots.Entry
	Known    bool      // entries have arrived
	asOf     time.Time // when they did
	Problem  safe.Text // why there are no newer ones
	zone     *time.Location

	Due, Asking, Checking bool
	List                  details.Detail // a list like that of a detail, with a cursor on any row
}

// New shows nothing yet.
func New() Pane { return Pane{List: details.Detail{Pointed: true}} }

// SetSize gives the pane its cells.
func (p *Pane) SetSize(w, h int) {
	if p.w != w || p.h != h {
		p.w, p.h = w, h
		p.fill()
	}
}

// SetFocus tells the pane whether it hears the keys.
func (p *Pane) SetFocus(on bool) { p.focused = on }

// SetFindings takes what needs a look now, the worst first.
func (p *Pane) SetFindings(all []findings.Finding) {
	if !slices.Equal(p.findings, all) {
		p.findings = all
		p.fill()
	}
}

// SetSource says who will tell what happens, if anybody.
func (p *Pane) SetSource(src subjects.ActivitySource) {
	p.Due = true
	if src == nil {
		p.SetEntries(nil, errors.New("there is no hub to ask"), p.asOf)
	}
}

// SetEntries takes what has happened, the oldest first; the last ones stay if they
// cannot be had.
func (p *Pane) SetEntries(all []slots.Entry, err error, now time.Time) {
	p.Asking = false
	if err != nil {
		p.Problem = cells.Clean(notice.Cause(err))
		p.fill()
		return
	}
	same := p.Known && p.Problem.Width() == 0 && slices.Equal(p.entries, all) && p.zone == now.Location()
	p.Known, p.asOf, p.Problem, p.entries, p.zone = true, now, safe.Text{}, all, now.Location()
	if !same {
		p.fill()
	}
}

// SetChecks takes what the doctor has found, and when it looked.
func (p *Pane) SetChecks(all []findings.Finding, now time.Time) {
	p.Examined, p.Healthy = doctorFindings(all)
	p.Checked, p.Checking = now, false
	p.fill()
}

// fill makes the rows anew. The cursor stays on its row.
func (p *Pane) fill() {
	p.Version++
	if p.h == 0 {
		return
	}
	rows := p.head()
	for i := len(p.entries) - 1; i >= 0; i-- {
		rows = append(rows, p.entryRow(&p.entries[i]))
	}
	switch {
	case len(p.entries) > 0:
	case p.Known:
		rows = append(rows, details.Row{Ink: cells.InkDim, Text: cells.Clean("nothing has happened yet")})
	case p.Problem.Width() > 0:
		rows = append(rows, details.Row{Ink: cells.InkWarn, Text: p.Problem})
	default:
		rows = append(rows, details.Row{Ink: cells.InkDim, Text: cells.Clean("reading what has happened")})
	}
	p.List.SetContent(details.Content{Columns: newsColumns(), Untitled: true, Rows: rows}, nil, p.asOf)
	p.List.Measure(p.w)
	p.List.Settle(p.h - 1)
}

// head is the findings, on half of the rows at most.
func (p *Pane) head() []details.Row {
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
	if p.Healthy != "" {
		put(details.Row{Ink: cells.InkDim, Text: cells.Clean("ok: " + p.Healthy).Cut(p.w - 4), Key: "ok"}, 0)
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

func (p *Pane) entryRow(e *slots.Entry) details.Row {
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
func (p *Pane) Act(a keymap.Action) { p.List.Act(a); p.Version++ }

// Point puts the cursor on the row at a line of the pane.
func (p *Pane) Point(row int) {
	if row > 0 && p.List.List.Top+row-1 < p.List.List.Len {
		p.List.MoveTo(p.List.List.Top + row - 1)
		p.Version++
	}
}

// Scroll moves the rows on the screen.
func (p *Pane) Scroll(by int) {
	p.List.List.Wheel(by)
	p.List.MoveTo(p.List.List.Cursor)
	p.Version++
}

// View draws the rule and the rows that fit.
func (p *Pane) View(t *cells.Theme, now time.Time) []string {
	r := cells.Rule{Focused: p.focused, Left: []cells.Span{t.Bold.Span(layout.News.String())}}
	if p.Problem.Width() > 0 && p.Known {
		r.Right = append(r.Right, t.Warn.Span(p.Problem.Cut(max(p.w/3, 10)).String()), t.Dim.Span("as of "+cells.Ago(p.asOf, now)))
	}
	if !p.Checked.IsZero() {
		r.Right = append(r.Right, t.Dim.Span("checked "+p.Checked.In(now.Location()).Format(time.TimeOnly)))
	}
	rows := p.List.Body(t, p.w, p.h-1, logrow.Options{Now: now, Blurred: !p.focused})
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
