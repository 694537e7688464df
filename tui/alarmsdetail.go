package tui

import (
	"time"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

func alarmsDetail(past []alarm, z *time.Location) *details.Detail {
	d := &details.Detail{Title: "ALARMS"}
	for i := len(past) - 1; i >= 0; i-- {
		a := &past[i]
		at := a.at.In(z).Format("01-02 15:04:05")
		d.Rows = append(d.Rows, details.Row{Text: cells.Clean(at + "  " + a.text.String())})
		d.Raw += at + "  " + a.text.String() + "\n"
	}
	if len(past) == 0 {
		d.Rows = []details.Row{{Ink: cells.InkDim, Text: cells.Clean("nothing has been alarming so far")}}
	} else {
		d.Copy = past[len(past)-1].text.String()
	}
	return d
}
