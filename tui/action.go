package tui

// action is what a key asks for. The set is closed; the key table (keys.go) is
// the only place that makes one, do (act.go) the only place that obeys.
type action uint8

const (
	actNone action = iota

	actStop    // ask to stop politely
	actForce   // ask to stop by force
	actStart   // start or attach again
	actRestart // ask to stop, then start again
	actHandOver
	actReseed
	actRecover   // list the copies
	actBringBack // the check-ins of one
	actCopyPatch // write one as a patch for git
	actCopyFiles // write its files
	actQuit
	actSuspend

	actHelp
	actBack // one step back: dismiss, clear, unzoom
	actRepaint
	actSample
	actZoom
	actNextPane
	actPrevPane
	actPane1
	actPane2
	actPane3
	actPane4
	actPane5

	actUp
	actDown
	actPageUp
	actPageDown
	actHalfUp
	actHalfDown
	actTop
	actBottom

	actSort
	actReverse

	actOpen
	actSibling // the next list beside this one
	actCopy
	actCopyRaw
	actPalette
	actFindings
	actActivity
	actDismiss // what is first in the list of findings

	actFilter
	actFollow
	actLevel
	actEvent
	actLeft
	actRight
	actTime
	actHighlight
	actNextMatch
	actPrevMatch
	actNextError
	actPrevError
	actMark
	actNextMark
	actExclude
	actInclude
	actSave
	actFacets
	actHistogram
	actUndo // take back the last choice
	actSaved
	actKeep
	actForget
	actAround
	actWrap
	actUnfold
	actAlarms
	actMouse

	actAccept // keep what was typed
	actCancel // leave the input as it was
	actComplete
	actOlder
	actNewer
)
