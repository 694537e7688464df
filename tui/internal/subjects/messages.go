package subjects

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bones-tui/hub/inspect"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// stream lists the messages of a stream, the newest first.
type stream struct {
	name     string
	store    inspect.Store     // as of the last page
	messages []inspect.Message // of the pages so far
	before   uint64            // asks for the next page
}

// Title implements details.Subject.
func (s *stream) Title() string { return "STREAM " + s.name }

func streamColumns() []cells.Column {
	return []cells.Column{
		{Title: "SEQUENCE", Width: 9, Right: true},
		{Title: "AGE", Width: 4, Right: true},
		{Title: "SUBJECT", Width: 14, Wide: 40},
		{Title: "SIZE", Width: 5, Right: true, From: 60},
		{Title: "DATA"},
	}
}

// Load implements details.Subject.
func (s *stream) Load(ctx context.Context, in details.Inspector, q details.Query) (details.Content, error) {
	if err := s.read(ctx, in, q.Rows); err != nil {
		return details.Content{}, err
	}
	c := details.Content{Columns: streamColumns(), Summary: storeSummary(&s.store), More: s.before > 0}
	for i := range s.messages {
		m := &s.messages[i]
		c.Rows = append(c.Rows, details.Row{
			Key: fmt.Sprint(m.Sequence), Open: message{s.name, m.Sequence}, Copy: m.Subject, Raw: string(m.Data),
			Cells: []cells.Cell{
				cells.CountCell(int64(m.Sequence)), cells.AgeCell(m.Time), cells.TextCell(m.Subject), cells.SizeCell(int64(m.Size)),
				{Text: safe.Line(string(m.Data), details.MaxPreview)},
			},
		})
	}
	if c.More {
		c.Note = "newest " + part(int64(len(s.messages)), int64(s.store.Messages))
	}
	c.Rows = details.None(c.Rows, "the stream is empty")
	return c, nil
}

// read takes what is new, and then goes on to as many messages as are asked for.
func (s *stream) read(ctx context.Context, in details.Inspector, want int) error {
	newest, err := in.Messages(ctx, s.name, 0, details.DetailPage)
	if err != nil {
		return err
	}
	old := s.messages
	s.messages = newest.Messages[:len(newest.Messages):len(newest.Messages)]
	if newest.Before > 0 && newest.Before <= s.store.Last+1 && len(old) > 0 {
		for _, m := range old {
			if m.Sequence < newest.Before && m.Sequence >= newest.Store.First {
				s.messages = append(s.messages, m)
			}
		}
	} else {
		s.before = newest.Before
	}
	s.store = newest.Store
	for len(s.messages) < want && s.before > 0 && len(s.messages) < details.DetailCap {
		next, err := in.Messages(ctx, s.name, s.before, details.DetailPage)
		if err != nil {
			return err
		}
		s.messages = append(s.messages, next.Messages...)
		s.before = next.Before
	}
	return nil
}

// message is one message of a stream. It never changes.
type message struct {
	stream   string
	sequence uint64
}

// Title implements details.Subject.
func (s message) Title() string { return fmt.Sprintf("MESSAGE %d of %s", s.sequence, s.stream) }

// Load implements details.Subject.
func (s message) Load(ctx context.Context, in details.Inspector, _ details.Query) (details.Content, error) {
	m, err := in.Message(ctx, s.stream, s.sequence)
	if err != nil {
		return details.Content{}, err
	}
	rows := details.Labelled(nil, cells.InkPlain, "subject", m.Subject)
	rows = details.Timed(rows, "stored", m.Time)
	rows = details.Labelled(rows, cells.InkPlain, "size", cells.Size(float64(m.Size)))
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		rows = details.Labelled(rows, cells.InkDim, "header", name+": "+strings.Join(m.Header[name], ", "))
	}
	rows = append(rows, details.Row{})
	rows = append(rows, details.PrettyRows(m.Data)...)
	if len(m.Data) < m.Size {
		rows = append(rows, details.Row{Ink: cells.InkWarn, Text: cells.Clean(fmt.Sprintf("first %s of %s", cells.Size(float64(len(m.Data))), cells.Size(float64(m.Size))))})
	}
	return details.Content{Rows: rows, Fixed: true, Copy: string(m.Data), Raw: string(m.Data)}, nil
}
