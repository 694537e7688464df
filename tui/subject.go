package tui

import (
	"context"
	"time"

	"bones-tui/tui/internal/cells"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/logview/safe"
)

// Inspector reads what the hub holds, for the views that go into detail. Each call
// reads one bounded page.
type Inspector interface {
	Connections(context.Context) (list []hub.Connection, total int, err error)
	Connection(ctx context.Context, id uint64) (hub.Connection, error)
	Stores(context.Context) (list []hub.Store, more bool, err error)
	Messages(ctx context.Context, stream string, before uint64, limit int) (hub.MessagePage, error)
	Message(ctx context.Context, stream string, sequence uint64) (hub.Message, error)
	Entries(ctx context.Context, bucket string, before uint64, limit int) (hub.EntryPage, error)
	Revisions(ctx context.Context, bucket, key string) ([]hub.Entry, error)
	Timeline(ctx context.Context, user string, skip, limit int) (hub.Timeline, error)
	CheckIn(ctx context.Context, uuid string) (hub.CheckInDetail, error)
	Diff(context.Context, hub.FileChange) (hub.FileDiff, error)
}

// subject is a thing of the hub that a detail shows. load reads what is known of it
// now. It runs in a command, and never twice at once for one subject, so a subject
// may keep what it has read.
type subject interface {
	title() string
	load(ctx context.Context, in Inspector, q query) (content, error)
}

// query is what a load is asked for.
type query struct {
	rows int // that many, if there are
	now  time.Time
}

// tabbed is a subject that has siblings: tab goes from one to the next.
type tabbed interface {
	tabs() (names []string, this int)
	sibling() subject
}

// content is what a subject has to show.
type content struct {
	summary   string // above the rows, if there is room
	note      string // of how much this is a part
	columns   []cells.Column
	untitled  bool // no titles over the columns
	rows      []detailRow
	start     int    // the row that the cursor is on at first
	more      bool   // there are more rows to ask for
	fixed     bool   // it will never change
	copy, raw string // what y and Y copy
}

// Sizes of the pages that a detail asks for, and of all that it holds.
const (
	detailPage = 200
	detailCap  = 10_000
)

// loaded is what a detail knows of the subject that it shows.
type loaded struct {
	src     subject // nil: it does not change by itself
	known   bool    // something has been read
	due     bool    // it is time to read again
	loading bool
	want    int
	view    content
	summary safe.Text
	asOf    time.Time
	problem safe.Text // why it could not be read again

	starts []int // lines
	cursor bool  // a row can be opened
	here   place
}

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
		d.problem = cells.Clean(firstLine(err))
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
	if d.view.more && d.want < detailCap && len(d.view.rows)+len(d.tail) <= d.want && d.list.top+2*d.list.h >= d.list.n && d.known && !d.loading {
		d.want = min(d.want+detailPage, detailCap)
		d.due = true
	}
	return d.due && !d.loading
}

// contentMsg is what a subject has to show.
type contentMsg struct {
	id      int
	content content
	err     error
	now     time.Time
}

// loadTimeout bounds one reading of a subject.
const loadTimeout = 5 * time.Second

// load reads a subject.
func (fx *effects) load(id int, s subject, in Inspector, want int) tea.Cmd {
	return fx.do(func(ctx context.Context) tea.Msg {
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
