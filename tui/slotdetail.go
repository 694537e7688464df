package tui

import (
	"encoding/json"
	"strconv"
	"time"

	"bones-tui/hub/findings"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// slotDetail shows all that is known of a slot, why it is in its state, and what
// can be done about it.
func slotDetail(id int, r *slotRow, now time.Time) *detail {
	d := &detail{id: id, slot: r.Name}
	d.SetSlot(r, now)
	return d
}

// SetSlot takes what is known now.
func (d *detail) SetSlot(r *slotRow, now time.Time) {
	d.title = "SLOT " + r.Name
	d.copy = r.Name
	if b, err := json.Marshal(r.Slot); err == nil {
		d.raw = string(b)
	}
	rows := labelled(nil, stateInk(r.state), "state", r.state.String()+": "+findings.StateRule(&r.Slot, r.state, now))
	rows = labelled(rows, cells.InkPlain, "agent", r.Agent)
	rows = labelled(rows, cells.InkPlain, "host", r.Host)
	rows = labelled(rows, cells.InkPlain, "pid", pidText(r))
	rows = labelled(rows, cells.InkPlain, "joined", cells.Moment(r.Started, now))
	rows = labelled(rows, cells.InkPlain, "renewed", cells.Moment(r.Renewed, now))
	rows = labelled(rows, cells.InkPlain, "last seen", cells.Moment(r.Ended, now))
	rows = labelled(rows, cells.InkPlain, "closed", cells.Moment(r.ClosedAt, now))
	if r.Present {
		rows = labelled(rows, cells.InkPlain, "present", "one of its commands is running")
	}
	rows = append(rows, detailRow{})
	rows = append(rows, slotLinks(r)...)
	rows = labelled(rows, cells.InkPlain, "title", r.Title)
	rows = labelled(rows, cells.InkPlain, "status", r.TaskStatus)
	if r.OpenTasks > 0 {
		rows = labelled(rows, cells.InkPlain, "open tasks", strconv.Itoa(r.OpenTasks))
	}
	if r.Wave > 0 {
		rows = labelled(rows, cells.InkPlain, "wave", strconv.Itoa(r.Wave)+" of the dispatched plan")
	}
	rows = append(rows, workRows(r)...)
	rows = append(rows, detailRow{})
	if r.LastEvent != "" {
		rows = labelled(rows, cells.InkPlain, "last event", r.LastEvent+"  "+cells.Moment(r.LastEventAt, now))
	}
	rows = labelled(rows, cells.InkBad, "error", r.LastErr)
	rows = labelled(rows, cells.InkDim, "close it", "bones swarm close --slot="+r.Name)
	d.rows = rows
}

// slotLinks are the rows of a slot from which enter leads on.
func slotLinks(r *slotRow) (rows []detailRow) {
	if r.TaskID != "" {
		rows = append(rows, detailRow{
			ink: cells.InkBold, label: "task", text: cells.Clean(r.TaskID), key: "task", copy: r.TaskID, open: bucketKey{slots.BucketTasks, r.TaskID},
		})
	}
	if r.Agent != "" {
		rows = append(rows, detailRow{
			label: "timeline", text: cells.Clean("check-ins of " + r.Agent), key: "check-ins", copy: r.Agent, open: &timeline{user: r.Agent},
		})
	}
	return rows
}

// SetSlotLog takes the newest lines of the log that are about the slot.
func (d *detail) SetSlotLog(rows []logview.Row) {
	d.tail = section(nil, "Its last lines in hub.log")
	if len(rows) == 0 {
		d.tail = append(d.tail, detailRow{ink: cells.InkDim, text: cells.Clean("none")})
	}
	for i := range rows {
		d.tail = append(d.tail, detailRow{log: &rows[i]})
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

func pidText(r *slotRow) string {
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
