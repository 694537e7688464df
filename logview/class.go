package logview

import "bones-tui/hub/hublog"

// class is what the index keeps of a line: its level, its event and three
// facts. A raw line has event 0.
type class uint8

const (
	classLevel = 0x03 // hublog.Level
	classEvent = 0x1c // eventNone … eventOther, shifted
	classCont  = 0x20 // the line belongs to the row of the line before it
	classOdd   = 0x40 // an entry not in the form that hublog writes
	classStart = 0x80 // the first line of a run of the hub

	eventShift = 2
	classKinds = 32 // values of classLevel|classEvent
)

const (
	eventNone = iota << eventShift // a raw line
	eventRPC
	eventHook
	eventLifecycle
	eventError
	eventOther
)

// startText begins the message of a run's first entry.
const startText = "hub: starting"

func (c class) level() hublog.Level { return hublog.Level(c & classLevel) }
func (c class) isEntry() bool       { return c&classEvent != eventNone }
func (c class) isHead() bool        { return c&classCont == 0 }

// event returns the event's word, "" if the class does not tell it.
func (c class) event() string {
	switch c & classEvent {
	case eventRPC:
		return hublog.EventRPC
	case eventHook:
		return hublog.EventHook
	case eventLifecycle:
		return hublog.EventLifecycle
	case eventError:
		return hublog.EventError
	default:
		return ""
	}
}

// eventClass is the inverse of class.event.
func eventClass(event string) class {
	switch event {
	case hublog.EventRPC:
		return eventRPC
	case hublog.EventHook:
		return eventHook
	case hublog.EventLifecycle:
		return eventLifecycle
	case hublog.EventError:
		return eventError
	default:
		return eventOther
	}
}
