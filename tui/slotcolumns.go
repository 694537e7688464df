package tui

import (
	"strconv"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/slots"
)

// column is one column of the slots table.
type column struct {
	title string
	width int
	cell  func(t *theme, base style, r *slotRow, now time.Time) (style, string)
}

// taskWidth is the part of a task's id that people quote.
const taskWidth = 8

// titleColumn takes the room that is left, between these widths.
const minTitleWidth, maxTitleWidth = 12, 60

// slotColumns are the columns that a width has room for. The order on the screen
// is fixed; wider screens add columns and never move one.
func slotColumns(w int) []column {
	all := []struct {
		column
		from int // least width of the screen
	}{
		{column{"STATE", 14, cellState}, 0},
		{column{"SLOT", 12, cellName}, 0},
		{column{"TASK", taskWidth, cellTask}, 60},
		{column{"TITLE", 0, cellTitle}, 100},
		{column{"PID", 9, cellPID}, 110},
		{column{"LEASE", 8, cellLease}, 40},
		{column{"RENEWED", 8, cellRenewed}, 68},
		{column{"UP", 8, cellUp}, 130},
		{column{"COMMITS", 7, cellCommits}, 118},
		{column{"UNSYNCED", 10, cellUnsynced}, 135},
		{column{"BRANCH", 14, cellBranch}, 190},
		{column{"HOST", 12, cellHost}, 150},
		{column{"LAST EVENT", 24, cellEvent}, 170},
		{column{"AGENT", 16, cellAgent}, 80},
	}
	var out []column
	used, flexible := 2, -1
	for _, c := range all {
		if w < c.from {
			continue
		}
		if c.width == 0 {
			flexible = len(out)
		}
		out = append(out, c.column)
		used += c.width + 2
	}
	if flexible >= 0 {
		out[flexible].width = max(min(w-used, maxTitleWidth), minTitleWidth)
	}
	return out
}

func titles(t *theme, columns []column, w int) string {
	l := newLine(t, w).gap(2)
	for _, c := range columns {
		l.cell(t.dim, c.title, c.width).gap(2)
	}
	return l.String()
}

// slotStyle is the colour of a state.
func slotStyle(t *theme, s slots.State) style {
	switch s {
	case slots.Active:
		return t.ok
	case slots.Dead:
		return t.bad
	case slots.Stale, slots.RemoteStale:
		return t.warn
	case slots.Remote, slots.Closing:
		return t.busy
	case slots.Expired, slots.Orphan, slots.Finished:
		return t.dim
	default:
		return t.plain
	}
}

func slotGlyph(t *theme, s slots.State) string {
	switch s {
	case slots.Active:
		return t.up
	case slots.Stale, slots.RemoteStale:
		return t.alert
	case slots.Remote:
		return t.far
	case slots.Dead:
		return t.fault
	case slots.Closing:
		return t.work
	case slots.Expired:
		return t.off
	case slots.Finished:
		return t.done
	case slots.Orphan:
		return t.unknown
	default:
		return " "
	}
}

func cellState(t *theme, _ style, r *slotRow, _ time.Time) (style, string) {
	return slotStyle(t, r.state), slotGlyph(t, r.state) + " " + r.state.String()
}

func cellName(_ *theme, base style, r *slotRow, _ time.Time) (style, string) {
	return base, r.name.String()
}

func cellTask(_ *theme, base style, r *slotRow, _ time.Time) (style, string) {
	return base, ansi.Truncate(r.task.String(), taskWidth, "")
}

func cellTitle(_ *theme, base style, r *slotRow, _ time.Time) (style, string) {
	return base, r.title.String()
}

func cellPID(t *theme, base style, r *slotRow, _ time.Time) (style, string) {
	switch {
	case r.PID == 0:
		return t.dim, "-"
	case !r.PIDKnown:
		return t.dim, strconv.Itoa(r.PID) + " ?"
	case !r.PIDAlive:
		return t.dim, strconv.Itoa(r.PID) + " x"
	default:
		return base, strconv.Itoa(r.PID)
	}
}

// cellLease is what is left of the 90 seconds in which a session must be
// renewed, or by how much it is over.
func cellLease(t *theme, base style, r *slotRow, now time.Time) (style, string) {
	if !r.HasSession || r.Renewed.IsZero() {
		return t.dim, "-"
	}
	left := slots.StaleAfter - now.Sub(r.Renewed)
	switch {
	case r.state == slots.Expired:
		return t.dim, "over"
	case left < 0:
		return t.warn, "-" + short(-left)
	default:
		return base, short(left) + " left"
	}
}

func cellRenewed(t *theme, base style, r *slotRow, now time.Time) (style, string) {
	if r.Renewed.IsZero() {
		return t.dim, "-"
	}
	return base, ago(r.Renewed, now)
}

func cellUp(t *theme, base style, r *slotRow, now time.Time) (style, string) {
	if r.Started.IsZero() {
		return t.dim, "-"
	}
	return base, uptime(now.Sub(r.Started))
}

func cellHost(_ *theme, base style, r *slotRow, _ time.Time) (style, string) {
	return base, r.machine.String()
}

func cellAgent(_ *theme, base style, r *slotRow, _ time.Time) (style, string) {
	return base, r.agent.String()
}

func cellEvent(t *theme, base style, r *slotRow, now time.Time) (style, string) {
	if r.LastEvent == "" {
		return t.dim, "-"
	}
	return base, clean(r.LastEvent).String() + " " + ago(r.LastEventAt, now)
}
