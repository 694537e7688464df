package tui

import (
	"time"

	"bones-tui/slots"
)

// sequel is what follows once the hub has ended.
type sequel uint8

const (
	sequelNone sequel = iota
	sequelQuit
	sequelRestart
	sequelReseed
)

// String is what happens once the slots are done, in a sentence that begins "then".
func (s sequel) String() string {
	return [...]string{"the hub stops", "the hub stops and this screen closes", "the hub restarts", "it is reseeded"}[s]
}

// waiting is a stop that is due once no slot is live. It is no dialog: the panes
// stay, and the operator looks at what the last agents do.
type waiting struct {
	sequel sequel
	left   []slots.Slot // live ones
	asked  bool         // the stop is under way
	after  time.Time    // not asked again before
}
