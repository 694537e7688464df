package alarms

import (
	"time"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// Detail lists what was alarmed about, the newest first, and takes it for seen.
func (a *Log) Detail(z *time.Location) *details.Detail {
	past := a.past
	a.unseen = 0

	d := &details.Detail{Title: "ALARMS"}
	for i := len(past) - 1; i >= 0; i-- {
		one := &past[i]
		at := one.at.In(z).Format("01-02 15:04:05")
		d.Rows = append(d.Rows, details.Row{Text: cells.Clean(at + "  " + one.text.String())})
		d.Raw += at + "  " + one.text.String() + "\n"
	}
	if len(past) == 0 {
		d.Rows = []details.Row{{Ink: cells.InkDim, Text: cells.Clean("nothing has been alarming so far")}}
	} else {
		d.Copy = past[len(past)-1].text.String()
	}
	return d
}
