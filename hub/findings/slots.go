package findings

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"bones-tui/hub/units"
	"bones-tui/logview/safe"
	"bones-tui/slots"
)

// States are slots with the states that they have at now, as seen from a host.
func States(all []slots.Slot, now time.Time, host string) iter.Seq2[*slots.Slot, slots.State] {
	return func(yield func(*slots.Slot, slots.State) bool) {
		for i := range all {
			if s := &all[i]; !yield(s, s.State(now, host)) {
				return
			}
		}
	}
}

// OfSlots lists work that may get lost first, then leases that are over. The states are those
// that are shown beside.
func OfSlots(all iter.Seq2[*slots.Slot, slots.State], now time.Time) []Finding {
	var lost, late []Finding
	for s, state := range all {
		switch state {
		case slots.Stale, slots.RemoteStale:
			late = append(late, stale(s, state, now))
		case slots.Dead, slots.Expired, slots.Orphan, slots.Finished:
			if s.Work.AtRisk() {
				lost = append(lost, unsaved(s, state))
			}
		case slots.Active, slots.Remote, slots.Closing:
		}
	}
	return append(lost, late...)
}

// stale is a slot whose lease nobody renews.
func stale(s *slots.Slot, state slots.State, now time.Time) Finding {
	name := safe.String(s.Name).String() // it stands in a command
	text := fmt.Sprintf("slot %s has not renewed its lease for %s", name, units.Short(now.Sub(s.Renewed)))
	if s.Work.AtRisk() {
		text += "; it has " + atRisk(s.Work)
	}
	return Finding{
		Grade: GradeWarn, Text: text,
		Why:  StateRule(s, state, now),
		Next: "bones swarm close --slot=" + name + " --result=fail",
	}
}

// unsaved is a slot whose agent is gone and whose work is nowhere else.
func unsaved(s *slots.Slot, state slots.State) Finding {
	name := safe.String(s.Name).String() // it stands in commands
	dir := ".bones/swarm/" + name
	f := Finding{
		Grade: GradeWarn, Text: fmt.Sprintf("slot %s is %s and has %s", name, state, atRisk(s.Work)),
		Why:  "Nothing but " + dir + " holds them; cleaning the slot up by hand would lose them.",
		Next: "cd " + dir + "/wt && fossil addremove && fossil commit -m 'recovered from " + name + "'",
	}
	if s.Work.EditCount == 0 {
		f.Next = "fossil push -R " + dir + "/leaf.fossil"
	}
	return f
}

// StateRule is how the state follows from the facts.
func StateRule(s *slots.Slot, state slots.State, now time.Time) string {
	age, limit := units.Short(s.Age(now)), units.Short(slots.StaleAfter)
	switch state {
	case slots.Active:
		return fmt.Sprintf("its session was renewed %s ago, within %s", age, limit)
	case slots.Stale:
		return fmt.Sprintf("its session was renewed %s ago, more than %s; at %s it expires", age, limit, units.Short(slots.ExpiredAfter))
	case slots.Remote:
		return fmt.Sprintf("another host renewed its session %s ago, within %s", age, limit)
	case slots.RemoteStale:
		return fmt.Sprintf("another host renewed its session %s ago, more than %s", age, limit)
	case slots.Expired:
		return "its session was not renewed in time and is gone; this is its last-seen copy"
	case slots.Orphan:
		return "a directory of which neither a session nor a history tells anything"
	case slots.Dead:
		return fmt.Sprintf("its lease is over (%s), and the process of its leaf.pid is gone", units.Short(slots.ExpiredAfter))
	case slots.Closing:
		return "its log says that it was closed (" + s.Result + "), its session is still there"
	case slots.Finished:
		return "it was closed (" + s.Result + "); only its directory is left"
	}
	return ""
}

// atRisk says what removing a slot's directory would lose.
func atRisk(w *slots.Work) string {
	var parts []string
	if n := w.EditCount; n > 0 {
		parts = append(parts, units.Plural(int64(n), "edited file", "edited files"))
	}
	if n := w.Unpushed; n > 0 {
		parts = append(parts, units.Plural(int64(n), "check-in", "check-ins")+" that the hub has not")
	}
	return strings.Join(parts, " and ")
}
