package logpane

import (
	"bones-tui/logview"
)

type (
	// feedMsg and all that follow carry the feed they belong to, which counts the filters: what
	// belongs to an older one is dropped.
	feedMsg struct {
		feed int
		view View
	}
	// BatchMsg are the rows that have come.
	BatchMsg struct {
		Feed  int
		Batch Batch
	}
	pageMsg struct {
		feed  int
		fetch fetch
		page  logview.Page
		err   error
	}
	endMsg struct {
		feed int
		err  error
	}

	seekMsg struct {
		feed int
		seek seek
		page logview.Page
		at   int // of the row that was looked for; there is none if the page is empty
		err  error
	}
	savedMsg struct {
		path  string
		lines int
		err   error
	}
)

// unfoldedMsg is the whole text of a row.
type unfoldedMsg struct {
	pos  logview.Pos
	text []byte
	err  error
}

// facetsMsg is what has been counted of a view of the log so far.
type facetsMsg struct {
	feed   int
	facets logview.Facets
}

// valuesMsg is what can be completed in a filter.
type valuesMsg struct{ values logview.Values }

// seek asks for the next row through a filter.
type seek struct {
	what    string // in the plural, for the notice that there is none
	filter  *logview.Filter
	from    logview.Pos // zero: the newest one
	forward bool
	settle  bool // goes back to a place after a change of filter
}
