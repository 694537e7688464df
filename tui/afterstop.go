package tui

import (
	"time"

	"bones-tui/slots"
)

// afterStop is what follows once the hub has ended.
type afterStop uint8

const (
	thenNothing afterStop = iota
	thenQuit
	thenRestart
	thenReseed
)

// String is what happens once the slots are done, in a sentence that begins "then".
func (s afterStop) String() string {
	return [...]string{"the hub stops", "the hub stops and this screen closes", "the hub restarts", "it is reseeded"}[s]
}

// waiting is a stop that is due once no slot is live. It is no dialog: the panes
// stay, and the operator looks at what the last agents do.
type waiting struct {
	then  afterStop
	left  []slots.Slot // live ones
	asked bool         // the stop is under way
	after time.Time    // not asked again before
}
