package logview

import (
	"bufio"
	"io"
	"time"
)

// printer writes rows as the history grows.
type printer struct {
	log    *Log
	o      PrintOptions
	out    *bufio.Writer
	filter *Filter
	plan   *plan
	e      *evaluator
	parts  map[*segment]*printed
	note   string // the last problem noted
	held   bool   // a raw row waits for more lines
	err    error
}

// printed is how far a segment has been printed.
type printed struct {
	resume int64 // where to go on
	limit  int64 // everything whole before has been seen
	row    int64 // the last row printed
	lines  int   // of it
	begun  bool
}

func (p *printer) write(b []byte) {
	if p.err == nil {
		_, p.err = p.out.Write(b)
	}
}

// PrintOptions say what Print writes.
type PrintOptions struct {
	Filter *Filter
	Inside string // as in Options
	// Since leaves out rows from before a moment: 10m, 14:05, 2026-03-02 or an
	// RFC 3339 instant. A wrong one is a *SyntaxError, in columns of this text.
	Since string
	// Last is how many rows to print, the last ones; 0 prints all, less than 0 none
	// but those that are added.
	Last int
	// Follow goes on with what is added, until the context ends.
	Follow bool
	// Count prints only the number of rows.
	Count bool
	// JSON prints entries as they stand in the file and other rows as objects
	// with the event "raw", one a line. Otherwise rows are text in columns,
	// safe to print on a terminal.
	JSON bool
	// Color adds the colours of a terminal to the text.
	Color bool
	// Location is the zone of the times in text; nil prints them as they are
	// stored, in UTC.
	Location *time.Location
	// Notes takes what is not data, a line each: gaps in the log and what it
	// is waiting for. Nil drops it.
	Notes io.Writer
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}
