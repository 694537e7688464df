package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bones-tui/hub/inspect"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// stream lists the messages of a stream, the newest first.
type stream struct {
	name     string
	store    inspect.Store     // as of the last page
	messages []inspect.Message // of the pages so far
	before   uint64            // asks for the next page
}

func (s *stream) title() string { return "STREAM " + s.name }

func streamColumns() []cells.Column {
	return []cells.Column{
		{Title: "SEQUENCE", Width: 9, Right: true},
		{Title: "AGE", Width: 4, Right: true},
		{Title: "SUBJECT", Width: 14, Wide: 40},
		{Title: "SIZE", Width: 5, Right: true, From: 60},
		{Title: "DATA"},
	}
}

func (s *stream) load(ctx context.Context, in Inspector, q query) (content, error) {
	if err := s.read(ctx, in, q.rows); err != nil {
		return content{}, err
	}
	c := content{columns: streamColumns(), summary: storeSummary(&s.store), more: s.before > 0}
	for i := range s.messages {
		m := &s.messages[i]
		c.rows = append(c.rows, detailRow{
			key: fmt.Sprint(m.Sequence), open: message{s.name, m.Sequence}, copy: m.Subject, raw: string(m.Data),
			cells: []cells.Cell{
				cells.CountCell(int64(m.Sequence)), cells.AgeCell(m.Time), cells.TextCell(m.Subject), cells.SizeCell(int64(m.Size)),
				{Text: safe.Line(string(m.Data), maxPreview)},
			},
		})
	}
	if c.more {
		c.note = "newest " + part(int64(len(s.messages)), int64(s.store.Messages))
	}
	c.rows = none(c.rows, "the stream is empty")
	return c, nil
}

// read takes what is new, and then goes on to as many messages as are asked for.
func (s *stream) read(ctx context.Context, in Inspector, want int) error {
	newest, err := in.Messages(ctx, s.name, 0, detailPage)
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
	for len(s.messages) < want && s.before > 0 && len(s.messages) < detailCap {
		next, err := in.Messages(ctx, s.name, s.before, detailPage)
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

func (s message) title() string { return fmt.Sprintf("MESSAGE %d of %s", s.sequence, s.stream) }

func (s message) load(ctx context.Context, in Inspector, _ query) (content, error) {
	m, err := in.Message(ctx, s.stream, s.sequence)
	if err != nil {
		return content{}, err
	}
	rows := labelled(nil, cells.InkPlain, "subject", m.Subject)
	rows = timed(rows, "stored", m.Time)
	rows = labelled(rows, cells.InkPlain, "size", cells.Size(float64(m.Size)))
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		rows = labelled(rows, cells.InkDim, "header", name+": "+strings.Join(m.Header[name], ", "))
	}
	rows = append(rows, detailRow{})
	rows = append(rows, prettyRows(m.Data)...)
	if len(m.Data) < m.Size {
		rows = append(rows, detailRow{ink: cells.InkWarn, text: cells.Clean(fmt.Sprintf("first %s of %s", cells.Size(float64(len(m.Data))), cells.Size(float64(m.Size))))})
	}
	return content{rows: rows, fixed: true, copy: string(m.Data), raw: string(m.Data)}, nil
}
