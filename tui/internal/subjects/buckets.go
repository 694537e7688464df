package subjects

import (
	"context"
	"fmt"

	"bones-tui/hub/inspect"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// bucket lists the keys of a bucket, those that changed last first.
type bucket struct {
	name    string
	store   inspect.Store   // as of the last page
	entries []inspect.Entry // of the pages so far, each key once
	before  uint64          // asks for the next page
}

// Title implements details.Subject.
func (b *bucket) Title() string { return "BUCKET " + b.name }

func bucketColumns() []cells.Column {
	return []cells.Column{
		{Title: "KEY", Width: 16, Wide: 36},
		{Title: "CHANGED", Width: 7, Right: true},
		{Title: "REVISION", Width: 8, Right: true, From: 80},
		{Title: "SIZE", Width: 5, Right: true, From: 60},
		{Title: "VALUE"},
	}
}

// Load implements details.Subject.
func (b *bucket) Load(ctx context.Context, in details.Inspector, q details.Query) (details.Content, error) {
	if err := b.read(ctx, in, q.Rows); err != nil {
		return details.Content{}, err
	}
	c := details.Content{Columns: bucketColumns(), Summary: storeSummary(&b.store), More: b.before > 0}
	for i := range b.entries {
		e := &b.entries[i]
		c.Rows = append(c.Rows, details.Row{
			Key: e.Key, Open: Key{b.name, e.Key}, Copy: e.Key, Raw: string(e.Value),
			Cells: []cells.Cell{cells.TextCell(e.Key), cells.AgeCell(e.Time), cells.CountCell(int64(e.Revision)), cells.SizeCell(int64(e.Size)), valueCell(e)},
		})
	}
	if c.More {
		c.Note = "newest " + part(int64(len(b.entries)), int64(b.store.Keys))
	}
	c.Rows = details.None(c.Rows, "the bucket is empty")
	return c, nil
}

// read brings the entries up to date, and then on to as many as are asked for. A
// bucket of a single page is read anew if anything has changed; of a larger one
// only what is new.
func (b *bucket) read(ctx context.Context, in details.Inspector, want int) error {
	newest, err := in.Entries(ctx, b.name, 0, details.DetailPage)
	if err != nil {
		return err
	}
	if newest.Before == 0 || !b.join(newest) {
		b.entries, b.before = newest.Entries, newest.Before
	}
	b.store = newest.Store
	for len(b.entries) < want && b.before > 0 && len(b.entries) < details.DetailCap {
		next, err := in.Entries(ctx, b.name, b.before, details.DetailPage)
		if err != nil {
			return err
		}
		b.add(next.Entries)
		b.before = next.Before
	}
	return nil
}

// join puts a new first page before the entries; false if something lies between.
func (b *bucket) join(newest inspect.EntryPage) bool {
	if len(b.entries) == 0 || len(newest.Entries) == 0 || newest.Before > b.store.Last+1 {
		return false
	}
	old := b.entries
	b.entries = newest.Entries[:len(newest.Entries):len(newest.Entries)]
	kept := old[:0:0]
	for _, e := range old {
		if e.Revision < newest.Before && e.Revision >= newest.Store.First {
			kept = append(kept, e)
		}
	}
	b.add(kept)
	return true
}

// add appends older entries of keys that are not listed yet.
func (b *bucket) add(older []inspect.Entry) {
	seen := make(map[string]bool, len(b.entries))
	for i := range b.entries {
		seen[b.entries[i].Key] = true
	}
	for _, e := range older {
		if !seen[e.Key] {
			seen[e.Key] = true
			b.entries = append(b.entries, e)
		}
	}
}

func valueCell(e *inspect.Entry) cells.Cell {
	if e.Deleted != "" {
		return cells.InkCell(cells.InkDim, "("+e.Deleted+")")
	}
	return cells.Cell{Text: safe.Line(string(e.Value), details.MaxPreview)}
}

// Key is one key of a bucket, with its value and what it was before.
type Key struct{ bucket, key string }

// Title implements details.Subject.
func (s Key) Title() string { return "KEY " + s.key }

// Load implements details.Subject.
func (s Key) Load(ctx context.Context, in details.Inspector, _ details.Query) (details.Content, error) {
	all, err := in.Revisions(ctx, s.bucket, s.key)
	if err != nil {
		return details.Content{}, err
	}
	e := &all[0]
	rows := details.Labelled(nil, cells.InkPlain, "bucket", s.bucket)
	rows = details.Labelled(rows, cells.InkPlain, "revision", cells.Count(int64(e.Revision)))
	rows = details.Timed(rows, "changed", e.Time)
	rows = details.Labelled(rows, cells.InkPlain, "size", cells.Size(float64(e.Size)))
	rows = details.Labelled(rows, cells.InkWarn, "state", e.Deleted)
	rows = append(rows, details.Row{})
	rows = append(rows, details.PrettyRows(e.Value)...)
	if len(e.Value) < e.Size {
		rows = append(rows, details.Row{Ink: cells.InkWarn, Text: cells.Clean(fmt.Sprintf("first %s of %s", cells.Size(float64(len(e.Value))), cells.Size(float64(e.Size))))})
	}
	if len(all) > 1 {
		rows = details.Section(rows, "Before")
	}
	c := details.Content{Columns: revisionColumns(), Untitled: true, Copy: string(e.Value), Raw: string(e.Value)}
	for i := range all[1:] {
		x := &all[1+i]
		rows = append(rows, details.Row{
			Key: fmt.Sprint(x.Revision), Open: message{"KV_" + s.bucket, x.Revision}, Copy: string(x.Value),
			Cells: []cells.Cell{cells.TextCell("revision " + cells.Count(int64(x.Revision))), cells.AgeCell(x.Time), valueCell(x)},
		})
	}
	c.Rows = rows
	return c, nil
}

func revisionColumns() []cells.Column {
	return []cells.Column{{Width: 17}, {Width: 4, Right: true}, {}}
}
