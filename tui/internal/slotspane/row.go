package slotspane

import (
	"fmt"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
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

// Rule is how the state follows from the facts.
func Rule(r *Row, now time.Time) string {
	age, limit := cells.Short(r.Age(now)), cells.Short(slots.StaleAfter)
	switch r.StateNow {
	case slots.Active:
		return fmt.Sprintf("its session was renewed %s ago, within %s", age, limit)
	case slots.Stale:
		return fmt.Sprintf("its session was renewed %s ago, more than %s; at %s it expires", age, limit, cells.Short(slots.ExpiredAfter))
	case slots.Remote:
		return fmt.Sprintf("another host renewed its session %s ago, within %s", age, limit)
	case slots.RemoteStale:
		return fmt.Sprintf("another host renewed its session %s ago, more than %s", age, limit)
	case slots.Expired:
		return "its session was not renewed in time and is gone; this is its last-seen copy"
	case slots.Orphan:
		return "a directory of which neither a session nor a history tells anything"
	case slots.Dead:
		return fmt.Sprintf("its lease is over (%s), and the process of its leaf.pid is gone", cells.Short(slots.ExpiredAfter))
	case slots.Closing:
		return "its log says that it was closed (" + r.Result + "), its session is still there"
	case slots.Finished:
		return "it was closed (" + r.Result + "); only its directory is left"
	}
	return ""
}
