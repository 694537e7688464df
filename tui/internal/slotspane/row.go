package slotspane

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/slots"
)

// Row is a slot with its texts made safe once.
type Row struct {
	slots.Slot
	StateNow                           slots.State
	Label, task, title, agent, machine safe.Text
}

// matches reports whether the filter lets the slot through.
func (r *Row) matches(f *logview.Filter, now time.Time) bool {
	fields, text := r.Fields(r.StateNow)
	return f.MatchFields(fields, text, now)
}
