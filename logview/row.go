package logview

import "bones-tui/logview/internal/row"

// Pos is the place of a row in the history. It stays valid when files are
// rotated. The zero Pos is no place.
type Pos = row.Pos

// Kind says what a row is.
type Kind = row.Kind

// The kinds of rows.
const (
	KindEntry   = row.KindEntry   // a log entry
	KindRaw     = row.KindRaw     // a line that is not an entry, with what is folded into it
	KindPartial = row.KindPartial // an unfinished line at the end of a file
	KindGap     = row.KindGap     // not a line: a notice that lines are missing here
)

// Row is one row of a view.
type Row = row.Row

// Page is a run of rows of a view, oldest first.
type Page = row.Page

const (
	maxText   = 4 << 10
	maxDecode = 256 << 10
)
