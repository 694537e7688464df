package tui

import (
	"context"
	"fmt"

	"bones-tui/tui/internal/cells"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview/safe"
	"bones-tui/slots"
)

// ActivitySource tells what happened in the workspace, the oldest first.
type ActivitySource interface {
	Entries(context.Context) ([]slots.Entry, error)
}

// activity lists what happened, the newest first.
type activity struct{ src ActivitySource }

// openActivity shows the timeline of everything.
func (m *model) openActivity() tea.Cmd {
	m.below = nil
	return m.openSubject(&activity{m.session.Activity})
}

func (*activity) title() string { return "ACTIVITY" }

func activityColumns() []cells.Column {
	return []cells.Column{
		{Title: "AGE", Width: 4, Right: true},
		{Title: "WHAT", Width: 14},
		{Title: "EFFECT", Width: 12, From: 110},
		{Title: "SLOT", Width: 12, Wide: 18},
		{Title: "ABOUT", Width: 8, Wide: 10, From: 60},
		{Title: "BRANCH", Width: 14, From: 130},
		{Title: "TEXT"},
	}
}

func (s *activity) load(ctx context.Context, _ Inspector, q query) (content, error) {
	all, err := s.src.Entries(ctx)
	if err != nil {
		return content{}, err
	}
	c := content{columns: activityColumns(), more: len(all) > q.rows, note: cells.Plural(int64(len(all)), "entry", "entries")}
	for i := len(all) - 1; i >= 0 && len(c.rows) < q.rows; i-- {
		c.rows = append(c.rows, activityRow(&all[i]))
	}
	c.rows = none(c.rows, "nothing has happened yet")
	return c, nil
}

func activityRow(e *slots.Entry) detailRow {
	look := cells.InkPlain
	switch {
	case e.Bad:
		look = cells.InkBad
	case e.Kind == slots.KindHub:
		look = cells.InkBold
	case e.Kind == slots.KindCheckIn:
		look = cells.InkOK
	}
	effect := cells.InkCell(cells.InkDim, e.Effect.String())
	what := e.What
	if e.Effect == slots.EffectRefused {
		effect = cells.InkCell(cells.InkBad, "no effect")
		what = "! " + what
	}
	if e.Kind == slots.KindHub {
		what = "hub " + what
	}
	about, open := e.Task, subject(nil)
	if e.Task != "" {
		open = bucketKey{slots.BucketTasks, e.Task}
	}
	if e.CheckIn != "" {
		about = e.CheckIn
		if e.What == "check-in" {
			open = checkIn(e.CheckIn)
		}
	}
	fields, _ := e.Fields()
	return detailRow{
		fields: &fields, key: fmt.Sprint(e.Seq), open: open, copy: about, raw: e.Text,
		cells: []cells.Cell{
			cells.AgeCell(e.At), cells.InkCell(look, what), effect, cells.TextCell(e.Slot), cells.InkCell(cells.InkDim, cells.ShortID(about)), cells.InkCell(cells.InkDim, e.Branch),
			{Text: safe.Line(e.Text, maxPreview)},
		},
	}
}
