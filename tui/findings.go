package tui

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/slotspane"
)

// finding is something that needs a look: what it is in one sentence, how one
// knows, and the command that mends it, if there is one. The screen runs none.
type finding struct {
	text, why, fix string
	check          string // of the doctor, "" if it is not one of the doctor's
	bad            bool   // it stops the hub from working
}

func (f *finding) ink() cells.Ink {
	if f.bad {
		return cells.InkBad
	}
	return cells.InkWarn
}

// findings lists what is wrong now, the worst first. It is derived from what the
// screen shows anyway, so that the operator need not derive it.
func findings(h *hubstate.State, rows []*slotspane.Row, snap logview.Snapshot, filtered bool, now time.Time) []finding {
	out := incidentFindings(h.Status.Incidents, now)
	if h.Known && !h.Ended() {
		out = append(out, hubFindings(h, now)...)
		out = append(out, slotFindings(rows, now)...)
	}
	if n := snap.HiddenProblems; filtered && n > 0 {
		out = append(out, finding{
			text: fmt.Sprintf("the filter hides %s of the last 5 minutes (esc in the log shows all)",
				cells.Plural(int64(n), "warning or error", "warnings and errors")),
			why: "The log pane shows only what its filter lets through.",
		})
	}
	if snap.Polling {
		out = append(out, finding{
			text: "new log lines show up late: there are no file events here",
			why:  "The file system, or a limit on watches, makes the log be polled.",
		})
	}
	return out
}

func hubFindings(h *hubstate.State, now time.Time) []finding {
	var out []finding
	nats, fossil := &h.Status.NATS, &h.Status.Fossil
	if why := h.Status.Lost; why != "" {
		out = append(out, finding{
			text: why, bad: true, fix: lostFix(h.Status),
			why: "What is at the hub's paths is not what it has open, so NATS and Fossil refuse everything since " + h.Status.LostAt.In(now.Location()).Format(time.TimeOnly) + "." + savedAs(h.Status),
		})
	}
	if n := h.Status.Deaths; n > 0 {
		out = append(out, finding{
			text: "the hub died " + cells.Plural(int64(n), "time", "times") + " and was started again, the last time at " + h.Status.DiedAt.In(now.Location()).Format(time.TimeOnly),
			why:  "Its process ended without having been asked to stop; what was acknowledged is kept.",
			fix:  "bones-tui logs died",
		})
	}
	if s := nats.Server; s != nil && s.SlowConsumers > 0 {
		out = append(out, finding{
			text: "NATS cut off " + cells.Plural(s.SlowConsumers, "slow consumer", "slow consumers"),
			why:  "A client did not read what it had subscribed to fast enough; it has to connect again.",
		})
	}
	if s := nats.Server; s != nil && s.Refused > 0 {
		out = append(out, finding{
			text: "NATS turned away " + cells.Plural(int64(s.Refused), "connection", "connections") + " of other users",
			why:  "Only processes of the user that runs the hub may connect.",
		})
	}
	if n := fossil.Refused; n != nil && *n > 0 {
		out = append(out, finding{
			text: "Fossil turned away " + cells.Plural(int64(*n), "connection", "connections") + " of other users",
			why:  "Only processes of the user that runs the hub may connect.",
		})
	}
	if n := fossil.Rejected; n != nil && *n > 0 {
		out = append(out, finding{
			text: "Fossil did not serve " + cells.Plural(int64(*n), "request", "requests"),
			why:  "They were refused, malformed, too large, too slow, or for another host.",
			fix:  "bones-tui logs rejected",
		})
	}
	if n := fossil.Failed; n != nil && *n > 0 {
		out = append(out, finding{
			text: "the hub failed " + cells.Plural(int64(*n), "sync message", "sync messages") + lastFailure(fossil.Failures, now),
			why:  "The repository was busy, full, read-only or damaged: what was pushed has not arrived.",
			fix:  "bones-tui logs failed",
		})
	}
	if n := fossil.Leaves; n != nil && *n > 1 {
		out = append(out, finding{
			text: fmt.Sprintf("trunk has %d leaves: agents have forked it", *n),
			why:  "Two slots checked in on the same parent, and neither has merged the other.",
			fix:  "fossil leaves -R .bones/hub.fossil",
		})
	}
	return append(out, diskFindings(h.Status.Disk)...)
}

// savedAs says where the way back is.
// lostFix is what replaces a hub that has lost its storage. One that is the only one that has
// what its repository held is not ended: the why says what to mend.
func lostFix(st hub.Status) string {
	if st.Unsaved != "" {
		return ""
	}
	return "bones-tui hub restart"
}

func savedAs(st hub.Status) string {
	switch {
	case st.Unsaved != "":
		return " What the repository held could not be saved, and only this process has it: " + st.Unsaved + ". Mend that before you stop it: it is tried again every few seconds."
	case st.Saved != "":
		return " What the repository held is saved as " + st.Saved + ": bones-tui hub recover brings it back."
	}
	return ""
}

// diskFindings tells of a disk that fills up.
func diskFindings(d *hub.DiskUsage) []finding {
	left, soon := d.FullSoon()
	if !soon {
		return nil
	}
	return []finding{{
		text: "the disk is full in " + cells.Short(left) + " if .bones grows on",
		why:  cells.Size(float64(d.Total)) + " in .bones," + cells.Growth(d.Growth) + ", and " + cells.Size(float64(d.Free)) + " are free.",
		fix:  "bones-tui hub recover --prune",
	}}
}

// lastFailure says why and when the hub failed last.
func lastFailure(all []hub.SyncFailures, now time.Time) string {
	var last hub.SyncFailures
	for _, f := range all {
		if f.Ours && f.At.After(last.At) {
			last = f
		}
	}
	if last.At.IsZero() {
		return ""
	}
	return fmt.Sprintf(", the last at %s: %.20s", last.At.In(now.Location()).Format(time.TimeOnly), last.Cause)
}

// slotFindings lists work that may get lost first, then leases that are over.
func slotFindings(rows []*slotspane.Row, now time.Time) []finding {
	var lost, late []finding
	for _, r := range rows {
		switch r.StateNow {
		case slots.Stale, slots.RemoteStale:
			late = append(late, staleFinding(r, now))
		case slots.Dead, slots.Expired, slots.Orphan, slots.Finished:
			if r.Work.AtRisk() {
				lost = append(lost, workFinding(r))
			}
		case slots.Active, slots.Remote, slots.Closing:
		}
	}
	return append(lost, late...)
}

func staleFinding(r *slotspane.Row, now time.Time) finding {
	text := fmt.Sprintf("slot %s has not renewed its lease for %s", r.Label, cells.Short(now.Sub(r.Renewed)))
	if r.Work.AtRisk() {
		text += "; it has " + slotspane.AtRisk(r.Work, false)
	}
	return finding{
		text: text,
		why:  slotspane.Rule(r, now),
		fix:  "bones swarm close --slot=" + r.Label.String() + " --result=fail",
	}
}

// incidentFindings lists what went wrong with what the workspace holds, and is told until
// somebody dismisses it. The hub's end changes nothing of it.
func incidentFindings(all []hub.Incident, now time.Time) []finding {
	var out []finding
	for _, i := range all {
		out = append(out, finding{
			text: i.Text, bad: true, fix: i.Next,
			why: "Found at " + i.At.In(now.Location()).Format(time.DateTime) + "; told until somebody has seen it: d in this list, or bones-tui hub dismiss " + i.ID + ".",
		})
	}
	return out
}

// isOf says whether a finding of the doctor is about an incident.
func (f finding) isOf(i hub.Incident) bool {
	return f.check == incidentCheck && strings.HasPrefix(f.text, incidentCheck+": "+i.Text)
}

// incidentCheck is what the doctor's findings about incidents are called.
const incidentCheck = "incidents"

// workFinding is a slot whose agent is gone and whose work is nowhere else.
func workFinding(r *slotspane.Row) finding {
	dir := ".bones/swarm/" + r.Label.String()
	f := finding{
		text: fmt.Sprintf("slot %s is %s and has %s", r.Label, r.StateNow, slotspane.AtRisk(r.Work, false)),
		why:  "Nothing but " + dir + " holds them; cleaning the slot up by hand would lose them.",
		fix:  "cd " + dir + "/wt && fossil addremove && fossil commit -m 'recovered from " + r.Label.String() + "'",
	}
	if r.Work.EditCount == 0 {
		f.fix = "fossil push -R " + dir + "/leaf.fossil"
	}
	return f
}
