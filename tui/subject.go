package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
)

// Sizes of the pages that a detail asks for, and of all that it holds.
const (
	detailPage = 200
	detailCap  = 10_000
)

// subjectDetail shows a subject, once it has been read.
func subjectDetail(id int, s subject) *detail {
	return &detail{
		id: id, title: s.title(), rows: []detailRow{{ink: cells.InkDim, text: cells.Clean("reading")}},
		loaded: loaded{src: s, due: true, want: detailPage},
	}
}

// SetContent takes what was read. The cursor stays on its row, if that is still
// there.
func (d *detail) SetContent(c content, err error, now time.Time) {
	d.loading = false
	if err != nil {
		d.problem = cells.Clean(notice.Cause(err))
		if !d.known {
			d.rows = nil
		}
		return
	}
	if !d.known {
		d.here = place{row: c.start}
	}
	d.view, d.summary, d.problem = c, cells.Clean(c.summary), safe.Text{}
	d.known, d.asOf = true, now
	d.copy, d.raw = c.copy, c.raw
	d.rearrange()
}

// needs asks for more rows when the window comes near the last one.
func (d *detail) needs() bool {
	if d.view.more && d.want < detailCap && len(d.view.rows)+len(d.tail) <= d.want && d.list.Top+2*d.list.Height >= d.list.Len && d.known && !d.loading {
		d.want = min(d.want+detailPage, detailCap)
		d.due = true
	}
	return d.due && !d.loading
}

// loadTimeout bounds one reading of a subject.
const loadTimeout = 5 * time.Second

// load reads a subject.
func (fx *effects) load(id int, s subject, in Inspector, want int) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		within := loadTimeout
		if a, ok := s.(alone); ok {
			within = a.within()
		}
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		now := fx.cfg.Now()
		c, err := s.load(ctx, in, query{rows: want, now: now})
		return contentMsg{id: id, content: c, err: err, now: now}
	})
}
