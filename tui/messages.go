package tui

import (
	"os"
	"time"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/dialogs"
)

// Messages carry the generation they belong to: gen counts connections to a hub. What belongs to
// an older one is dropped.
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

	detailMsg struct {
		id            int
		text          []byte
		before, after []logview.Row
		err           error
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

// keptMsg tells how the writing went.
type keptMsg struct{ err error }
