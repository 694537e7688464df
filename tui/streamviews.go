package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bones-tui/hub"
	"bones-tui/logview/safe"
)

// stream lists the messages of a stream, the newest first.
type stream struct {
	name     string
	store    hub.Store     // as of the last page
	messages []hub.Message // of the pages so far
	before   uint64        // asks for the next page
}

func (s *stream) title() string { return "STREAM " + s.name }

func streamColumns() []tableColumn {
	return []tableColumn{
		{title: "SEQUENCE", width: 9, right: true},
		{title: "AGE", width: 4, right: true},
		{title: "SUBJECT", width: 14, wide: 40},
		{title: "SIZE", width: 5, right: true, from: 60},
		{title: "DATA"},
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
			cells: []cell{
				countCell(int64(m.Sequence)), ageCell(m.Time), textCell(m.Subject), sizeCell(int64(m.Size)),
				{text: safe.Line(string(m.Data), maxPreview)},
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
	rows := labelled(nil, inkPlain, "subject", m.Subject)
	rows = timed(rows, "stored", m.Time)
	rows = labelled(rows, inkPlain, "size", size(float64(m.Size)))
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		rows = labelled(rows, inkDim, "header", name+": "+strings.Join(m.Header[name], ", "))
	}
	rows = append(rows, detailRow{})
	rows = append(rows, prettyRows(m.Data)...)
	if len(m.Data) < m.Size {
		rows = append(rows, detailRow{ink: inkWarn, text: clean(fmt.Sprintf("first %s of %s", size(float64(len(m.Data))), size(float64(m.Size))))})
	}
	return content{rows: rows, fixed: true, copy: string(m.Data), raw: string(m.Data)}, nil
}
