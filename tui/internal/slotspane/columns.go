package slotspane

import (
	"strconv"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// Column is one column of the slots table.
type Column struct {
	Title string
	width int
	cell  func(t *cells.Theme, base cells.Style, r *Row, now time.Time) (cells.Style, string)
}

// taskWidth is the part of a task's id that people quote.
const taskWidth = 8

// titleColumn takes the room that is left, between these widths.
const minTitleWidth, maxTitleWidth = 12, 60

// Columns are the columns that a width has room for. The order on the screen
// is fixed; wider screens add columns and never move one.
func Columns(w int) []Column {
	all := []struct {
		Column
		from int // least width of the screen
	}{
		{Column{"STATE", 14, cellState}, 0},
		{Column{"SLOT", 12, cellName}, 0},
		{Column{"TASK", taskWidth, cellTask}, 60},
		{Column{"TITLE", 0, cellTitle}, 100},
		{Column{"PID", 9, cellPID}, 110},
		{Column{"LEASE", 8, cellLease}, 40},
		{Column{"RENEWED", 8, cellRenewed}, 68},
		{Column{"UP", 8, cellUp}, 130},
		{Column{"COMMITS", 7, cellCommits}, 118},
		{Column{"UNSYNCED", 10, cellUnsynced}, 135},
		{Column{"BRANCH", 14, cellBranch}, 190},
		{Column{"HOST", 12, cellHost}, 150},
		{Column{"LAST EVENT", 24, cellEvent}, 170},
		{Column{"AGENT", 16, cellAgent}, 80},
	}
	var out []Column
	used, flexible := 2, -1
	for _, c := range all {
		if w < c.from {
			continue
		}
		if c.width == 0 {
			flexible = len(out)
		}
		out = append(out, c.Column)
		used += c.width + 2
	}
	if flexible >= 0 {
		out[flexible].width = max(min(w-used, maxTitleWidth), minTitleWidth)
	}
	return out
}

func titles(t *cells.Theme, columns []Column, w int) string {
	l := cells.NewLine(t, w).Gap(2)
	for _, c := range columns {
		l.Cell(t.Dim, c.Title, c.width).Gap(2)
	}
	return l.String()
}

// Style is the colour of a state.
func Style(t *cells.Theme, s slots.State) cells.Style {
	switch s {
	case slots.Active:
		return t.OK
	case slots.Dead:
		return t.Bad
	case slots.Stale, slots.RemoteStale:
		return t.Warn
	case slots.Remote, slots.Closing:
		return t.Busy
	case slots.Expired, slots.Orphan, slots.Finished:
		return t.Dim
	default:
		return t.Plain
	}
}

// Glyph is the sign of a state.
func Glyph(t *cells.Theme, s slots.State) string {
	switch s {
	case slots.Active:
		return t.Up
	case slots.Stale, slots.RemoteStale:
		return t.Alert
	case slots.Remote:
		return t.Far
	case slots.Dead:
		return t.Fault
	case slots.Closing:
		return t.Work
	case slots.Expired:
		return t.Off
	case slots.Finished:
		return t.Done
	case slots.Orphan:
		return t.Unknown
	default:
		return " "
	}
}

func cellState(t *cells.Theme, _ cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	return Style(t, r.StateNow), Glyph(t, r.StateNow) + " " + r.StateNow.String()
}

func cellName(_ *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	return base, r.Label.String()
}

func cellTask(_ *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	return base, ansi.Truncate(r.task.String(), taskWidth, "")
}

func cellTitle(_ *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	return base, r.title.String()
}

func cellPID(t *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	switch {
	case r.PID == 0:
		return t.Dim, "-"
	case !r.PIDKnown:
		return t.Dim, strconv.Itoa(r.PID) + " ?"
	case !r.PIDAlive:
		return t.Dim, strconv.Itoa(r.PID) + " x"
	default:
		return base, strconv.Itoa(r.PID)
	}
}

// cellLease is what is left of the 90 seconds in which a session must be
// renewed, or by how much it is over.
func cellLease(t *cells.Theme, base cells.Style, r *Row, now time.Time) (cells.Style, string) {
	if !r.HasSession || r.Renewed.IsZero() {
		return t.Dim, "-"
	}
	left := slots.StaleAfter - now.Sub(r.Renewed)
	switch {
	case r.StateNow == slots.Expired:
		return t.Dim, "over"
	case left < 0:
		return t.Warn, "-" + cells.Short(-left)
	default:
		return base, cells.Short(left) + " left"
	}
}

func cellRenewed(t *cells.Theme, base cells.Style, r *Row, now time.Time) (cells.Style, string) {
	if r.Renewed.IsZero() {
		return t.Dim, "-"
	}
	return base, cells.Ago(r.Renewed, now)
}

func cellUp(t *cells.Theme, base cells.Style, r *Row, now time.Time) (cells.Style, string) {
	if r.Started.IsZero() {
		return t.Dim, "-"
	}
	return base, cells.Uptime(now.Sub(r.Started))
}

func cellHost(_ *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	return base, r.machine.String()
}

func cellAgent(_ *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	return base, r.agent.String()
}

func cellEvent(t *cells.Theme, base cells.Style, r *Row, now time.Time) (cells.Style, string) {
	if r.LastEvent == "" {
		return t.Dim, "-"
	}
	return base, cells.Clean(r.LastEvent).String() + " " + cells.Ago(r.LastEventAt, now)
}
