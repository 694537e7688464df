package subjects

import (
	"encoding/json"
	"strconv"
	"time"

	"bones-tui/hub/findings"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/slotspane"
)

// NewSlot shows all that is known of a slot, why it is in its state, and what
// can be done about it.
func NewSlot(r *slotspane.Row, now time.Time) *details.Detail {
	d := &details.Detail{Slot: r.Name}
	SetSlot(d, r, now)
	return d
}

// SetSlot takes what is known now.
func SetSlot(d *details.Detail, r *slotspane.Row, now time.Time) {
	d.Title = "SLOT " + r.Name
	d.Copy = r.Name
	if b, err := json.Marshal(r.Slot); err == nil {
		d.Raw = string(b)
	}
	rows := details.Labelled(nil, stateInk(r.StateNow), "state", r.StateNow.String()+": "+findings.StateRule(&r.Slot, r.StateNow, now))
	rows = details.Labelled(rows, cells.InkPlain, "agent", r.Agent)
	rows = details.Labelled(rows, cells.InkPlain, "host", r.Host)
	rows = details.Labelled(rows, cells.InkPlain, "pid", pidText(r))
	rows = details.Labelled(rows, cells.InkPlain, "joined", cells.Moment(r.Started, now))
	rows = details.Labelled(rows, cells.InkPlain, "renewed", cells.Moment(r.Renewed, now))
	rows = details.Labelled(rows, cells.InkPlain, "last seen", cells.Moment(r.Ended, now))
	rows = details.Labelled(rows, cells.InkPlain, "closed", cells.Moment(r.ClosedAt, now))
	if r.Present {
		rows = details.Labelled(rows, cells.InkPlain, "present", "one of its commands is running")
	}
	rows = append(rows, details.Row{})
	rows = append(rows, slotLinks(r)...)
	rows = details.Labelled(rows, cells.InkPlain, "title", r.Title)
	rows = details.Labelled(rows, cells.InkPlain, "status", r.TaskStatus)
	if r.OpenTasks > 0 {
		rows = details.Labelled(rows, cells.InkPlain, "open tasks", strconv.Itoa(r.OpenTasks))
	}
	if r.Wave > 0 {
		rows = details.Labelled(rows, cells.InkPlain, "wave", strconv.Itoa(r.Wave)+" of the dispatched plan")
	}
	rows = append(rows, workRows(r)...)
	rows = append(rows, details.Row{})
	if r.LastEvent != "" {
		rows = details.Labelled(rows, cells.InkPlain, "last event", r.LastEvent+"  "+cells.Moment(r.LastEventAt, now))
	}
	rows = details.Labelled(rows, cells.InkBad, "error", r.LastErr)
	rows = details.Labelled(rows, cells.InkDim, "close it", "bones swarm close --slot="+r.Name)
	d.Rows = rows
}

// slotLinks are the rows of a slot from which enter leads on.
func slotLinks(r *slotspane.Row) (rows []details.Row) {
	if r.TaskID != "" {
		rows = append(rows, details.Row{
			Ink: cells.InkBold, Label: "task", Text: cells.Clean(r.TaskID), Key: "task", Copy: r.TaskID, Open: Key{slots.BucketTasks, r.TaskID},
		})
	}
	if r.Agent != "" {
		rows = append(rows, details.Row{
			Label: "timeline", Text: cells.Clean("check-ins of " + r.Agent), Key: "check-ins", Copy: r.Agent, Open: &Timeline{user: r.Agent},
		})
	}
	return rows
}

// SetSlotLog takes the newest lines of the log that are about the slot.
func SetSlotLog(d *details.Detail, rows []logview.Row) {
	d.Tail = details.Section(nil, "Its last lines in hub.log")
	if len(rows) == 0 {
		d.Tail = append(d.Tail, details.Row{Ink: cells.InkDim, Text: cells.Clean("none")})
	}
	for i := range rows {
		d.Tail = append(d.Tail, details.Row{LogRow: &rows[i]})
	}
}

func stateInk(s slots.State) cells.Ink {
	switch s {
	case slots.Active:
		return cells.InkOK
	case slots.Stale, slots.RemoteStale:
		return cells.InkWarn
	case slots.Dead:
		return cells.InkBad
	case slots.Expired, slots.Orphan, slots.Finished:
		return cells.InkDim
	case slots.Remote, slots.Closing:
	}
	return cells.InkPlain
}

func pidText(r *slotspane.Row) string {
	switch {
	case r.PID == 0:
		return ""
	case !r.PIDKnown:
		return strconv.Itoa(r.PID) + "  not known to live: it is another host's, or left no leaf.pid here"
	case r.PIDAlive:
		return strconv.Itoa(r.PID) + "  alive"
	default:
		return strconv.Itoa(r.PID) + "  ended (usual for the command that joined)"
	}
}
