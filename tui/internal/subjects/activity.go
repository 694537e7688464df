package subjects

import (
	"context"
	"fmt"

	"bones-tui/logview/safe"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// ActivitySource tells what happened in the workspace, the oldest first.
type ActivitySource interface {
	Entries(context.Context) ([]slots.Entry, error)
}

// Activity lists what happened, the newest first.
type Activity struct{ From ActivitySource }

// Title implements details.Subject.
func (*Activity) Title() string { return "ACTIVITY" }

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

// Load implements details.Subject.
func (s *Activity) Load(ctx context.Context, _ details.Inspector, q details.Query) (details.Content, error) {
	all, err := s.From.Entries(ctx)
	if err != nil {
		return details.Content{}, err
	}
	c := details.Content{Columns: activityColumns(), More: len(all) > q.Rows, Note: cells.Plural(int64(len(all)), "entry", "entries")}
	for i := len(all) - 1; i >= 0 && len(c.Rows) < q.Rows; i-- {
		c.Rows = append(c.Rows, ActivityRow(&all[i]))
	}
	c.Rows = details.None(c.Rows, "nothing has happened yet")
	return c, nil
}

// ActivityRow is what happened once, as cells under ACTIVITY's columns.
func ActivityRow(e *slots.Entry) details.Row {
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
	about, open := e.Task, details.Subject(nil)
	if e.Task != "" {
		open = Key{slots.BucketTasks, e.Task}
	}
	if e.CheckIn != "" {
		about = e.CheckIn
		if e.What == "check-in" {
			open = checkIn(e.CheckIn)
		}
	}
	fields, _ := e.Fields()
	return details.Row{
		Fields: &fields, Key: fmt.Sprint(e.Seq), Open: open, Copy: about, Raw: e.Text,
		Cells: []cells.Cell{
			cells.AgeCell(e.At), cells.InkCell(look, what), effect, cells.TextCell(e.Slot), cells.InkCell(cells.InkDim, cells.ShortID(about)), cells.InkCell(cells.InkDim, e.Branch),
			{Text: safe.Line(e.Text, details.MaxPreview)},
		},
	}
}
