// Package row says what a row of a log is: where it stands, of which kind it is and what
// it holds, and the class byte that an index keeps of each line. The index and the filter
// language stand on it; it knows neither.
package row

import (
	"time"

	"bones-tui/hub/hublog"
)

// Kind says what a row is.
type Kind uint8

// The kinds of rows.
const (
	KindEntry   Kind = iota // a log entry
	KindRaw                 // a line that is not an entry, with what is folded into it
	KindPartial             // an unfinished line at the end of a file
	KindGap                 // not a line: a notice that lines are missing here
)

// String returns the word that the filter language uses after "kind:".
func (k Kind) String() string {
	switch k {
	case KindEntry:
		return "entry"
	case KindRaw:
		return "raw"
	case KindPartial:
		return "partial"
	default:
		return "gap"
	}
}

// Row is one row of a view.
type Row struct {
	Pos  Pos
	Kind Kind
	// Entry is set for entries. The first ts, level and event of a line count,
	// even if the rest of it is damaged.
	Entry hublog.Entry
	// Text is the line as it stands in the file, without its end: at most
	// 4 KiB of it. Of a raw row it is the first line.
	Text string
	// Cut is the number of bytes that Text leaves out of the line.
	Cut int64
	// Level is the entry's; a raw row that looks like a panic is an ERROR,
	// any other is INFO.
	Level hublog.Level
	// Time is the entry's. A raw row has the time of the entry before it in its
	// file; zero if there is none.
	Time time.Time
	// Folded is the number of further raw lines in this row.
	Folded int
	// Context is set for a neighbour that ctx: added to a match.
	Context bool
	// File is the base name of the file that holds the row now; empty if it
	// has been deleted.
	File string
}

// Page is a run of rows of a view, oldest first.
type Page struct {
	Rows    []Row
	AtStart bool // nothing matches before the first row
	AtEnd   bool // nothing matches after the last row, so far
}
