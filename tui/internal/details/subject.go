package details

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/commands"
	"bones-tui/tui/internal/notice"
)

// Sizes of the pages that a detail asks for, and of all that it holds.
const (
	DetailPage = 200
	DetailCap  = 10_000
)

// Of shows a subject, once it has been read.
func Of(s Subject) *Detail {
	return &Detail{
		Title: s.Title(), Rows: []Row{{Ink: cells.InkDim, Text: cells.Clean("reading")}},
		loaded: loaded{Src: s, Due: true, want: DetailPage},
	}
}

// SetContent takes what was read. The cursor stays on its row, if that is still
// there.
func (d *Detail) SetContent(c Content, err error, now time.Time) {
	d.Loading = false
	if err != nil {
		d.problem = cells.Clean(notice.Cause(err))
		if !d.Known {
			d.Rows = nil
		}
		return
	}
	if !d.Known {
		d.here = place{row: c.Start}
	}
	d.Content, d.summary, d.problem = c, cells.Clean(c.Summary), safe.Text{}
	d.Known, d.asOf = true, now
	d.Copy, d.Raw = c.Copy, c.Raw
	d.rearrange()
}

// needs asks for more rows when the window comes near the last one.
func (d *Detail) needs() bool {
	if d.Content.More && d.want < DetailCap && len(d.Content.Rows)+len(d.Tail) <= d.want && d.List.Top+2*d.List.Height >= d.List.Len && d.Known && !d.Loading {
		d.want = min(d.want+DetailPage, DetailCap)
		d.Due = true
	}
	return d.Due && !d.Loading
}

// LoadTimeout bounds one reading of a subject.
const LoadTimeout = 5 * time.Second

// load reads a subject.
func load(run *commands.Runner, clock func() time.Time, id int, s Subject, in Inspector, want int) tea.Cmd {
	return run.Do(func(ctx context.Context) tea.Msg {
		within := LoadTimeout
		if a, ok := s.(Alone); ok {
			within = a.Within()
		}
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		now := clock()
		c, err := s.Load(ctx, in, Query{Rows: want, Now: now})
		return ReadMsg{id: id, content: c, err: err, now: now}
	})
}

// ReadMsg is what a subject has to show.
type ReadMsg struct {
	id      int
	content Content
	err     error
	now     time.Time
}

// Alone is a subject that asks no hub, and may take longer than one.
type Alone interface {
	Subject
	Within() time.Duration
}
