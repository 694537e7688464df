package findings

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/units"
	"bones-tui/slots"
)

// Of lists all that follows from what a hub tells and from its slots, the worst first.
func Of(st *hub.Status, all iter.Seq2[*slots.Slot, slots.State], now time.Time) []Finding {
	return slices.Concat(OfIncidents(st.Incidents, now), OfHub(st, now), OfSlots(all, now))
}

// OfIncidents lists what went wrong with what the workspace holds, and is told until
// somebody dismisses it. The hub's end changes nothing of it.
func OfIncidents(all []hub.Incident, now time.Time) []Finding {
	var out []Finding
	for _, i := range all {
		out = append(out, Finding{
			Grade: GradeFail, Text: i.Text, Next: i.Next,
			Why: "Found at " + i.At.In(now.Location()).Format(time.DateTime) + "; told until somebody has seen it: d in this list, or bones-tui hub dismiss " + i.ID + ".",
		})
	}
	return out
}

// OfHub lists what is wrong with a hub that is known to run.
func OfHub(st *hub.Status, now time.Time) []Finding {
	var out []Finding
	nats, fossil := &st.NATS, &st.Fossil
	if why := st.Lost; why != "" {
		out = append(out, Finding{
			Grade: GradeFail, Text: why, Next: lostNext(st),
			Why: "What is at the hub's paths is not what it has open, so NATS and Fossil refuse everything since " + st.LostAt.In(now.Location()).Format(time.TimeOnly) + "." + savedAs(st),
		})
	}
	if n := st.Deaths; n > 0 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: "the hub died " + units.Plural(int64(n), "time", "times") + " and was started again, the last time at " + st.DiedAt.In(now.Location()).Format(time.TimeOnly),
			Why:  "Its process ended without having been asked to stop; what was acknowledged is kept.",
			Next: "bones-tui logs died",
		})
	}
	if s := nats.Server; s != nil && s.SlowConsumers > 0 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: "NATS cut off " + units.Plural(s.SlowConsumers, "slow consumer", "slow consumers"),
			Why: "A client did not read what it had subscribed to fast enough; it has to connect again.",
		})
	}
	if s := nats.Server; s != nil && s.Refused > 0 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: "NATS turned away " + units.Plural(int64(s.Refused), "connection", "connections") + " of other users",
			Why: "Only processes of the user that runs the hub may connect.",
		})
	}
	if n := fossil.Refused; n != nil && *n > 0 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: "Fossil turned away " + units.Plural(int64(*n), "connection", "connections") + " of other users",
			Why: "Only processes of the user that runs the hub may connect.",
		})
	}
	if n := fossil.Rejected; n != nil && *n > 0 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: "Fossil did not serve " + units.Plural(int64(*n), "request", "requests"),
			Why:  "They were refused, malformed, too large, too slow, or for another host.",
			Next: "bones-tui logs rejected",
		})
	}
	if n := fossil.Failed; n != nil && *n > 0 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: "the hub failed " + units.Plural(int64(*n), "sync message", "sync messages") + lastFailure(fossil.Failures, now),
			Why:  "The repository was busy, full, read-only or damaged: what was pushed has not arrived.",
			Next: "bones-tui logs failed",
		})
	}
	if n := fossil.Leaves; n != nil && *n > 1 {
		out = append(out, Finding{
			Grade: GradeWarn, Text: fmt.Sprintf("trunk has %d leaves: agents have forked it", *n),
			Why:  "Two slots checked in on the same parent, and neither has merged the other.",
			Next: "fossil leaves -R " + repositoryPath,
		})
	}
	return append(out, ofDisk(st.Disk)...)
}

// repositoryPath is where the repository lies, as seen from the workspace root.
const repositoryPath = ".bones/hub.fossil"

// lostNext is what replaces a hub that has lost its storage. One that is the only one that has
// what its repository held is not ended: the why says what to mend.
func lostNext(st *hub.Status) string {
	if st.Unsaved != "" {
		return ""
	}
	return "bones-tui hub restart"
}

// savedAs says where the way back is.
func savedAs(st *hub.Status) string {
	switch {
	case st.Unsaved != "":
		return " What the repository held could not be saved, and only this process has it: " + st.Unsaved + ". Mend that before you stop it: it is tried again every few seconds."
	case st.Saved != "":
		return " What the repository held is saved as " + st.Saved + ": bones-tui hub recover brings it back."
	}
	return ""
}

// ofDisk tells of a disk that fills up.
func ofDisk(d *hub.DiskUsage) []Finding {
	left, soon := d.FullSoon()
	if !soon {
		return nil
	}
	grows := ""
	if d.Growth != nil && *d.Growth >= 1<<20 {
		grows = " +" + units.Size(float64(*d.Growth)) + "/h"
	}
	return []Finding{{
		Grade: GradeWarn, Text: "the disk is full in " + units.Short(left) + " if .bones grows on",
		Why:  units.Size(float64(d.Total)) + " in .bones," + grows + ", and " + units.Size(float64(d.Free)) + " are free.",
		Next: "bones-tui hub recover --prune",
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
