package keymap

// Action is what a key asks for. The set is closed: the key table makes them, and whoever
// hears the keys obeys.
type Action uint8

// The actions.
const (
	None Action = iota

	Stop    // ask to stop politely
	Force   // ask to stop by force
	Start   // start or attach again
	Restart // ask to stop, then start again
	HandOver
	Reseed
	Recover   // list the copies
	BringBack // the check-ins of one
	CopyPatch // write one as a patch for git
	CopyFiles // write its files
	Quit
	Suspend

	Help
	Back // one step back: dismiss, clear, unzoom
	Repaint
	Sample
	Zoom
	NextPane
	PrevPane
	Pane1
	Pane2
	Pane3
	Pane4
	Pane5

	Up
	Down
	PageUp
	PageDown
	HalfUp
	HalfDown
	Top
	Bottom

	Sort
	Reverse

	Open
	Sibling // the next list beside this one
	Copy
	CopyRaw
	Palette
	Findings
	Activity
	Dismiss // what is first in the list of findings

	Filter
	Follow
	Level
	Event
	Left
	Right
	Time
	Highlight
	NextMatch
	PrevMatch
	NextError
	PrevError
	Mark
	NextMark
	Exclude
	Include
	Save
	Facets
	Histogram
	Undo // take back the last choice
	Saved
	Keep
	Forget
	Around
	Wrap
	Unfold
	Alarms
	Mouse

	Accept // keep what was typed
	Cancel // leave the input as it was
	Complete
	Older
	Newer
)
