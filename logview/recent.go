package logview

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/row"
)

const (
	recentAge = 5 * time.Minute
	maxRecent = 4096 // rows kept; in a storm of errors the oldest go
)

// recent keeps the warnings and errors of the last minutes, so that each view
// can tell how many of them its filter hides.
type recent struct {
	now func() time.Time

	mu   sync.Mutex
	rows []recentRow
}

type recentRow struct {
	pos   Pos
	sec   int64
	class row.Class
	text  []byte // at most maxText of it
}

// note takes the problems from lines of a file that have just been classified, the last
// of them at a time.
func (r *recent) note(x *lines.Classifier, classes []row.Class, gen int64, t text, last int64) {
	cutoff := r.now().Add(-recentAge).Unix()
	if last < cutoff {
		return
	}
	sec := int64(0)
	at := 0
	for i := 0; i < len(classes) && at < len(t.data); i++ {
		line := t.data[at:]
		next := len(t.data)
		if nl := bytes.IndexByte(line, '\n'); nl >= 0 {
			line, next = line[:nl], at+nl+1
		}
		c := classes[i]
		if c.IsHead() && (c.IsEntry() || isProblem(c.Level())) {
			text, _ := lines.Trim(line, false)
			if c.IsEntry() {
				_, sec = x.Line(text, len(text) > maxDecode)
			}
			if isProblem(c.Level()) && sec >= cutoff {
				r.add(recentRow{row.NewPos(gen, t.base+int64(at)+1), sec, c, bytes.Clone(text[:min(len(text), maxText)])})
			}
		}
		at = next
	}
}

func (r *recent) add(row recentRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rows) == maxRecent {
		r.rows = slices.Clone(r.rows[maxRecent/4:]) // others read the old ones
	}
	r.rows = append(r.rows, row)
}

// current returns the rows that are young enough, and drops the others.
func (r *recent) current() []recentRow {
	cutoff := r.now().Add(-recentAge).Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := make([]recentRow, 0, len(r.rows))
	for _, row := range r.rows {
		if row.sec >= cutoff {
			kept = append(kept, row)
		}
	}
	r.rows = kept
	return kept
}

// isProblem reports whether a row is a warning or worse.
func isProblem(l hublog.Level) bool { return l >= hublog.LevelWarn }
