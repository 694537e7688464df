package newspane

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/findings"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/slotspane"
)

// findingInk is how a finding is drawn.
func findingInk(f *findings.Finding) cells.Ink {
	if f.Grade == findings.GradeFail {
		return cells.InkBad
	}
	return cells.InkWarn
}

// Now lists what is wrong now, the worst first. It is derived from what the
// screen shows anyway, so that the operator need not derive it.
func Now(h *hubstate.State, rows []*slotspane.Row, snap logview.Snapshot, filtered bool, now time.Time) []findings.Finding {
	out := findings.OfIncidents(h.Status.Incidents, now)
	if h.Known && !h.Ended() {
		out = append(out, findings.OfHub(&h.Status, now)...)
		out = append(out, findings.OfSlots(states(rows), now)...)
	}
	if n := snap.HiddenProblems; filtered && n > 0 {
		out = append(out, findings.Finding{
			Grade: findings.GradeWarn, Text: fmt.Sprintf("the filter hides %s of the last 5 minutes (esc in the log shows all)",
				cells.Plural(int64(n), "warning or error", "warnings and errors")),
			Why: "The log pane shows only what its filter lets through.",
		})
	}
	if snap.Polling {
		out = append(out, findings.Finding{
			Grade: findings.GradeWarn, Text: "new log lines show up late: there are no file events here",
			Why: "The file system, or a limit on watches, makes the log be polled.",
		})
	}
	return out
}

// states are the slots with the states that the rows show.
func states(rows []*slotspane.Row) iter.Seq2[*slots.Slot, slots.State] {
	return func(yield func(*slots.Slot, slots.State) bool) {
		for _, r := range rows {
			if !yield(&r.Slot, r.StateNow) {
				return
			}
		}
	}
}

// IsOf says whether a finding of the doctor is about an incident.
func IsOf(f findings.Finding, i hub.Incident) bool {
	return f.Check == incidentCheck && strings.HasPrefix(f.Text, incidentCheck+": "+i.Text)
}

// incidentCheck is what the doctor's findings about incidents are called.
const incidentCheck = "incidents"
