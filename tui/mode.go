package tui

// mode is who hears the keys. What the hub is doing is not a mode: a filter that
// is being typed survives the death of the hub (life.go).
type mode uint8

const (
	modeNormal mode = iota // the focused pane
	modeFilter             // the filter input
	modeDialog             // the open dialog
	modeHelp               // the list of keys
	modeDetail             // everything about one thing
	modePicker             // a list to choose from
	modeFacets             // counts of the log's lines
	modeCount
)

// event is what can change the mode.
type event uint8

const (
	eventFilter event = iota // the operator wants to type a filter
	eventHelp                // the operator wants the list of keys
	eventDetail              // the operator wants to see one thing in full
	eventPicker              // the operator wants to choose from a list
	eventFacets              // the operator wants the log counted
	eventDialog              // a question must be answered, whoever raised it
	eventClose               // what is open has been answered or left
	eventCount
)

// next is the whole state machine. A dialog interrupts anything; everything else
// opens from normal mode only, and closing always leads back there. A filter, the list
// of keys and a list to choose from open from a detail too; close leads back to that.
func next(m mode, e event) mode {
	switch e {
	case eventDialog:
		return modeDialog
	case eventClose:
		return modeNormal
	case eventFilter, eventHelp, eventDetail, eventPicker, eventFacets:
		if m == modeNormal || m == modeDetail && (e == eventFilter || e == eventHelp || e == eventPicker) {
			return [...]mode{
				eventFilter: modeFilter, eventHelp: modeHelp, eventDetail: modeDetail, eventPicker: modePicker, eventFacets: modeFacets,
			}[e]
		}
	case eventCount:
	}
	return m
}
