package tui

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
)

// findingInk is how a finding is drawn.
func findingInk(f *findings.Finding) cells.Ink {
	if f.Grade == findings.GradeFail {
		return cells.InkBad
	}
	return cells.InkWarn
}

// findingsNow lists what is wrong now, the worst first. It is derived from what the
// screen shows anyway, so that the operator need not derive it.
func findingsNow(h *hubState, rows []*slotRow, snap logview.Snapshot, filtered bool, now time.Time) []findings.Finding {
	out := findings.OfIncidents(h.status.Incidents, now)
	if h.known && !h.ended() {
		out = append(out, findings.OfHub(&h.status, now)...)
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
func states(rows []*slotRow) iter.Seq2[*slots.Slot, slots.State] {
	return func(yield func(*slots.Slot, slots.State) bool) {
		for _, r := range rows {
			if !yield(&r.Slot, r.state) {
				return
			}
		}
	}
}

// fossilPath is where the repository lies, as seen from the workspace root.
const fossilPath = ".bones/hub.fossil"

// findingsDetail lists all of them with their reasons.
func findingsDetail(id int, live, examined []findings.Finding, healthy string) *detail {
	d := &detail{id: id, title: "FINDINGS", findings: true}
	d.SetFindings(live, examined, healthy)
	return d
}

// SetFindings takes what is wrong now, which the header counts, then what the doctor
// has found at its last look: what is wrong, and what is well.
func (d *detail) SetFindings(live, examined []findings.Finding, healthy string) {
	d.rows, d.copy, d.raw = nil, "", ""
	d.addFindings(live)
	if len(live)+len(examined) == 0 {
		d.rows = []detailRow{{ink: cells.InkDim, text: cells.Clean("nothing needs a look")}}
	}
	if len(examined) > 0 || healthy != "" {
		if len(d.rows) > 0 {
			d.rows = append(d.rows, detailRow{})
		}
		d.rows = append(d.rows, detailRow{ink: cells.InkBold, text: cells.Clean("What doctor found")})
	}
	d.addFindings(examined)
	if healthy != "" {
		d.rows = labelled(d.rows, cells.InkDim, "ok", healthy)
	}
}

func (d *detail) addFindings(all []findings.Finding) {
	for i, f := range all {
		if i > 0 {
			d.rows = append(d.rows, detailRow{})
		}
		d.rows = append(d.rows, detailRow{ink: findingInk(&f), prose: true, text: cells.Clean(f.Text)})
		d.rows = labelled(d.rows, cells.InkDim, "because", f.Why)
		d.rows = labelled(d.rows, cells.InkPlain, "mend it", f.Next)
		if d.copy == "" {
			d.copy = f.Next
		}
		d.raw += f.Text + "\n"
	}
}

// isOf says whether a finding of the doctor is about an incident.
func isOf(f findings.Finding, i hub.Incident) bool {
	return f.Check == incidentCheck && strings.HasPrefix(f.Text, incidentCheck+": "+i.Text)
}

// incidentCheck is what the doctor's findings about incidents are called.
const incidentCheck = "incidents"
