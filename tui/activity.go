package tui

import (
	"context"
	"fmt"

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

func activityColumns() []tableColumn {
	return []tableColumn{
		{title: "AGE", width: 4, right: true},
		{title: "WHAT", width: 14},
		{title: "EFFECT", width: 12, from: 110},
		{title: "SLOT", width: 12, wide: 18},
		{title: "ABOUT", width: 8, wide: 10, from: 60},
		{title: "BRANCH", width: 14, from: 130},
		{title: "TEXT"},
	}
}

func (s *activity) load(ctx context.Context, _ Inspector, q query) (content, error) {
	all, err := s.src.Entries(ctx)
	if err != nil {
		return content{}, err
	}
	c := content{columns: activityColumns(), more: len(all) > q.rows, note: plural(int64(len(all)), "entry", "entries")}
	for i := len(all) - 1; i >= 0 && len(c.rows) < q.rows; i-- {
		c.rows = append(c.rows, activityRow(&all[i]))
	}
	c.rows = none(c.rows, "nothing has happened yet")
	return c, nil
}

func activityRow(e *slots.Entry) detailRow {
	look := inkPlain
	switch {
	case e.Bad:
		look = inkBad
	case e.Kind == slots.KindHub:
		look = inkBold
	case e.Kind == slots.KindCheckIn:
		look = inkOK
	}
	effect := inkCell(inkDim, e.Effect.String())
	what := e.What
	if e.Effect == slots.EffectRefused {
		effect = inkCell(inkBad, "no effect")
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
		cells: []cell{
			ageCell(e.At), inkCell(look, what), effect, textCell(e.Slot), inkCell(inkDim, shortID(about)), inkCell(inkDim, e.Branch),
			{text: safe.Line(e.Text, maxPreview)},
		},
	}
}
