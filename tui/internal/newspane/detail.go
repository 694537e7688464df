package newspane

import (
	"bones-tui/hub/findings"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// NewDetail lists all of them with their reasons.
func NewDetail(live, examined []findings.Finding, healthy string) *details.Detail {
	d := &details.Detail{Title: "FINDINGS", Findings: true}
	SetDetail(d, live, examined, healthy)
	return d
}

// SetDetail takes what is wrong now, which the header counts, then what the doctor
// has found at its last look: what is wrong, and what is well.
func SetDetail(d *details.Detail, live, examined []findings.Finding, healthy string) {
	d.Rows, d.Copy, d.Raw = nil, "", ""
	addFindings(d, live)
	if len(live)+len(examined) == 0 {
		d.Rows = []details.Row{{Ink: cells.InkDim, Text: cells.Clean("nothing needs a look")}}
	}
	if len(examined) > 0 || healthy != "" {
		if len(d.Rows) > 0 {
			d.Rows = append(d.Rows, details.Row{})
		}
		d.Rows = append(d.Rows, details.Row{Ink: cells.InkBold, Text: cells.Clean("What doctor found")})
	}
	addFindings(d, examined)
	if healthy != "" {
		d.Rows = details.Labelled(d.Rows, cells.InkDim, "ok", healthy)
	}
}

func addFindings(d *details.Detail, all []findings.Finding) {
	for i, f := range all {
		if i > 0 {
			d.Rows = append(d.Rows, details.Row{})
		}
		d.Rows = append(d.Rows, details.Row{Ink: findingInk(&f), Prose: true, Text: cells.Clean(f.Text)})
		d.Rows = details.Labelled(d.Rows, cells.InkDim, "because", f.Why)
		d.Rows = details.Labelled(d.Rows, cells.InkPlain, "mend it", f.Next)
		if d.Copy == "" {
			d.Copy = f.Next
		}
		d.Raw += f.Text + "\n"
	}
}
