package row

import "bones-tui/hub/hublog"

// Class is what the index keeps of a line: its level, its event and three
// facts, in the bits that follow.
type Class uint8

// The parts of a class.
const (
	levelBits = 0x03 // hublog.Level
	EventBits = 0x1c // one of the events below; 0 for a raw line
	Continued = 0x20 // the line belongs to the row of the line before it
	Odd       = 0x40 // an entry not in the form that hublog writes
	RunStart  = 0x80 // the first line of a run of the hub
)

// Kinds is the number of values that level and event have together; they are
// the lowest bits.
const Kinds = 32

const eventShift = 2

// The events. One without a word of its own is an entry all the same.
const (
	eventNone = iota << eventShift // a raw line
	EventRPC
	EventHook
	EventLifecycle
	EventError
	eventOther
)

// RunStartText begins the message of a run's first entry.
const RunStartText = "hub: starting"

// Level returns the level; a raw line has one too.
func (c Class) Level() hublog.Level { return hublog.Level(c & levelBits) }

// IsEntry reports whether the line is a log entry.
func (c Class) IsEntry() bool { return c&EventBits != eventNone }

// IsHead reports whether a row begins with the line.
func (c Class) IsHead() bool { return c&Continued == 0 }

// Event returns the event's word, "" if the class does not tell it.
func (c Class) Event() string {
	switch c & EventBits {
	case EventRPC:
		return hublog.EventRPC
	case EventHook:
		return hublog.EventHook
	case EventLifecycle:
		return hublog.EventLifecycle
	case EventError:
		return hublog.EventError
	default:
		return ""
	}
}

// EventClass returns the bits of an event's word.
func EventClass(event string) Class {
	switch event {
	case hublog.EventRPC:
		return EventRPC
	case hublog.EventHook:
		return EventHook
	case hublog.EventLifecycle:
		return EventLifecycle
	case hublog.EventError:
		return EventError
	default:
		return eventOther
	}
}
