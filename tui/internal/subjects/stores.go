// Package subjects are the things that a detail shows: connections, streams and their messages,
// buckets and their entries, check-ins, slots, lines of the log, what happened, and saved copies.
package subjects

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bones-tui/hub/inspect"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// stores lists JetStream's streams and buckets.
type stores struct{}

// Title implements details.Subject.
func (*stores) Title() string { return natsTabs[1] }

// Tabs implements details.Tabbed.
func (*stores) Tabs() ([]string, int) { return natsTabs[:], 1 }

// Sibling implements details.Tabbed.
func (*stores) Sibling() details.Subject { return &Connections{} }

func storeColumns() []cells.Column {
	return []cells.Column{
		{Title: "NAME"},
		{Title: "KIND", Width: 7},
		{Title: "MESSAGES", Width: 9, Right: true},
		{Title: "BYTES", Width: 5, Right: true, From: 60},
		{Title: "KEYS", Width: 7, Right: true, From: 70},
		{Title: "LAST", Width: 4, Right: true},
		{Title: "FIRST", Width: 5, Right: true, From: 90},
		{Title: "CONSUMERS", Width: 9, Right: true, From: 80},
		{Title: "KEEPS", Width: 14, From: 120},
		{Title: "SUBJECTS", Width: 30, From: 150},
	}
}

// Load implements details.Subject.
func (*stores) Load(ctx context.Context, in details.Inspector, _ details.Query) (details.Content, error) {
	list, more, err := in.Stores(ctx)
	if err != nil {
		return details.Content{}, err
	}
	c := details.Content{Columns: storeColumns()}
	if more {
		c.Note = "first " + cells.Count(int64(len(list)))
	}
	for i := range list {
		s := &list[i]
		c.Rows = append(c.Rows, details.Row{
			Key: s.Stream, Open: openStore(s), Copy: s.Name,
			Cells: []cells.Cell{
				cells.TextCell(s.Name), cells.TextCell(s.Kind.String()), cells.CountCell(int64(s.Messages)), cells.SizeCell(int64(s.Bytes)), keysCell(s),
				ageOrNone(s.LastAt), ageOrNone(s.FirstAt), cells.CountCell(int64(s.Consumers)), cells.TextCell(keeps(s)), cells.TextCell(strings.Join(s.Subjects, " ")),
			},
		})
	}
	c.Rows = details.None(c.Rows, "there is no stream")
	return c, nil
}

func openStore(s *inspect.Store) details.Subject {
	if s.Kind == inspect.BucketStore {
		return &bucket{name: s.Name}
	}
	return &stream{name: s.Stream}
}

func keysCell(s *inspect.Store) cells.Cell {
	if s.Kind != inspect.BucketStore {
		return cells.InkCell(cells.InkDim, "-")
	}
	return cells.CountCell(int64(s.Keys))
}

func ageOrNone(at time.Time) cells.Cell {
	if at.IsZero() {
		return cells.InkCell(cells.InkDim, "-")
	}
	return cells.AgeCell(at)
}

// keeps is how long and how much a stream keeps.
func keeps(s *inspect.Store) string {
	var parts []string
	if s.MaxAge > 0 {
		parts = append(parts, "for "+cells.Short(s.MaxAge))
	}
	if s.History > 0 && s.Kind == inspect.BucketStore {
		parts = append(parts, fmt.Sprintf("%d each", s.History))
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, ", ")
}

// storeSummary is what a page of a stream says of the whole.
func storeSummary(s *inspect.Store) string {
	out := cells.Plural(int64(s.Messages), "message", "messages") + "  " + cells.Size(float64(s.Bytes))
	if s.Kind == inspect.BucketStore {
		out = cells.Plural(int64(s.Keys), "key", "keys") + "  " + out
	} else {
		out += "  subjects " + strings.Join(s.Subjects, " ")
	}
	return out + "  " + cells.Plural(int64(s.Consumers), "consumer", "consumers") + "  keeps " + keeps(s)
}
