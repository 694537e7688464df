package tui

import (
	"os"
	"time"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/dialogs"
)

// Messages carry the generation they belong to: gen counts connections to a hub,
// feed counts filters of the log. What belongs to an older one is dropped.
type (
	connectedMsg struct {
		gen     int
		session Session
		err     error
	}
	clockMsg struct {
		id  int // of the clock; there is one that counts
		now time.Time
	}
	statusMsg struct {
		gen    int
		status hub.Status
		slots  string // why slots may not be as they are shown
		err    error
		now    time.Time
	}
	slotsMsg struct {
		gen   int
		slots []slots.Slot
		err   error
	}
	hubGoneMsg struct {
		gen int
		err error
		now time.Time
	}
	stoppedMsg struct {
		gen  int
		err  error
		done bool // the hub has ended
		now  time.Time
	}
	hubCameMsg struct {
		gen int
		pid int
	}
	replacedMsg struct {
		gen  int
		done hub.Restarted
		err  error
		now  time.Time
	}
	handedOverMsg struct {
		gen int
		err error
	}
	reseededMsg struct {
		gen  int
		done hub.Reseeded
		err  error
	}
	wordsMsg struct {
		id   int // of the report
		rows []logview.Row
	}
	signalMsg struct{ signal os.Signal }

	feedMsg struct {
		feed int
		view logView
	}
	logBatchMsg struct {
		feed  int
		batch logBatch
	}
	logPageMsg struct {
		feed  int
		fetch fetch
		page  logview.Page
		err   error
	}
	logEndMsg struct {
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
	detailMsg struct {
		id            int
		text          []byte
		before, after []logview.Row
		err           error
	}
	savedMsg struct {
		path  string
		lines int
		err   error
	}

	dialogArmedMsg struct{ id int }
	settledMsg     struct{ resize int } // no resize since
)

// rescuedMsg is what came of something that was asked of a copy.
type rescuedMsg struct {
	title   string
	told    []dialogs.Told
	command string // that makes use of it
	copies  string // what copying that is called
	back    bool   // the repository has it again
}

type dismissedMsg struct {
	incident hub.Incident
	err      error
}

// contentMsg is what a subject has to show.
type contentMsg struct {
	id      int
	content content
	err     error
	now     time.Time
}

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

// keptMsg tells how the writing went.
type keptMsg struct{ err error }

// seek asks for the next row through a filter.
type seek struct {
	what    string // in the plural, for the notice that there is none
	filter  *logview.Filter
	from    logview.Pos // zero: the newest one
	forward bool
	settle  bool // goes back to a place after a change of filter
}
