package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bones-tui/hub"
)

// stores lists JetStream's streams and buckets.
type stores struct{}

func (*stores) title() string         { return natsTabs[1] }
func (*stores) tabs() ([]string, int) { return natsTabs[:], 1 }
func (*stores) sibling() subject      { return &connections{} }

func storeColumns() []tableColumn {
	return []tableColumn{
		{title: "NAME"},
		{title: "KIND", width: 7},
		{title: "MESSAGES", width: 9, right: true},
		{title: "BYTES", width: 5, right: true, from: 60},
		{title: "KEYS", width: 7, right: true, from: 70},
		{title: "LAST", width: 4, right: true},
		{title: "FIRST", width: 5, right: true, from: 90},
		{title: "CONSUMERS", width: 9, right: true, from: 80},
		{title: "KEEPS", width: 14, from: 120},
		{title: "SUBJECTS", width: 30, from: 150},
	}
}

func (*stores) load(ctx context.Context, in Inspector, _ query) (content, error) {
	list, more, err := in.Stores(ctx)
	if err != nil {
		return content{}, err
	}
	c := content{columns: storeColumns()}
	if more {
		c.note = "first " + count(int64(len(list)))
	}
	for i := range list {
		s := &list[i]
		c.rows = append(c.rows, detailRow{
			key: s.Stream, open: openStore(s), copy: s.Name,
			cells: []cell{
				textCell(s.Name), textCell(s.Kind.String()), countCell(int64(s.Messages)), sizeCell(int64(s.Bytes)), keysCell(s),
				ageOrNone(s.LastAt), ageOrNone(s.FirstAt), countCell(int64(s.Consumers)), textCell(keeps(s)), textCell(strings.Join(s.Subjects, " ")),
			},
		})
	}
	c.rows = none(c.rows, "there is no stream")
	return c, nil
}

func openStore(s *hub.Store) subject {
	if s.Kind == hub.BucketStore {
		return &bucket{name: s.Name}
	}
	return &stream{name: s.Stream}
}

func keysCell(s *hub.Store) cell {
	if s.Kind != hub.BucketStore {
		return inkCell(inkDim, "-")
	}
	return countCell(int64(s.Keys))
}

func ageOrNone(at time.Time) cell {
	if at.IsZero() {
		return inkCell(inkDim, "-")
	}
	return ageCell(at)
}

// keeps is how long and how much a stream keeps.
func keeps(s *hub.Store) string {
	var parts []string
	if s.MaxAge > 0 {
		parts = append(parts, "for "+short(s.MaxAge))
	}
	if s.History > 0 && s.Kind == hub.BucketStore {
		parts = append(parts, fmt.Sprintf("%d each", s.History))
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, ", ")
}

// storeSummary is what a page of a stream says of the whole.
func storeSummary(s *hub.Store) string {
	out := plural(int64(s.Messages), "message", "messages") + "  " + size(float64(s.Bytes))
	if s.Kind == hub.BucketStore {
		out = plural(int64(s.Keys), "key", "keys") + "  " + out
	} else {
		out += "  subjects " + strings.Join(s.Subjects, " ")
	}
	return out + "  " + plural(int64(s.Consumers), "consumer", "consumers") + "  keeps " + keeps(s)
}
