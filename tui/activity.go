package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui/internal/cells"
)

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
