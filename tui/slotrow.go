package tui

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/slots"
)

// slotRow is a slot with its texts made safe once.
type slotRow struct {
	slots.Slot
	state                             slots.State
	name, task, title, agent, machine safe.Text
}

// matches reports whether the filter lets the slot through.
func (r *slotRow) matches(f *logview.Filter, now time.Time) bool {
	fields, text := r.Fields(r.state)
	return f.MatchFields(fields, text, now)
}
