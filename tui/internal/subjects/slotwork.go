package subjects

import (
	"fmt"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/slotspane"
)

// workRows are the slot's branch, worktree and holds.
func workRows(r *slotspane.Row) []details.Row {
	rows := []details.Row{{}}
	for i, path := range r.Holds {
		label := ""
		if i == 0 {
			label = "holds"
		}
		rows = append(rows, details.Row{Label: label, Text: cells.Clean(path)})
	}
	w := r.Work
	switch {
	case w == nil && !r.HasDir:
		return rows
	case w == nil:
		return append(rows, details.Row{Ink: cells.InkDim, Label: "worktree", Text: cells.Clean("not looked at yet")})
	}
	rows = details.Labelled(rows, cells.InkPlain, "branch", w.Branch)
	if w.Problem != "" && w.CheckIns == 0 && w.Unpushed == 0 {
		rows = details.Labelled(rows, cells.InkDim, "check-ins", cells.Unknown)
	} else {
		rows = details.Labelled(rows, cells.InkPlain, "check-ins", checkInsText(w))
	}
	switch {
	case w.Problem != "" && w.EditCount == 0:
		rows = details.Labelled(rows, cells.InkDim, "worktree", cells.Unknown)
	case w.EditCount > 0:
		rows = details.Labelled(rows, cells.InkWarn, "worktree", cells.Plural(int64(w.EditCount), "file is", "files are")+" not as checked out")
	case w.HasTree:
		rows = details.Labelled(rows, cells.InkPlain, "worktree", "as checked out")
	default:
		rows = details.Labelled(rows, cells.InkDim, "worktree", "there is none")
	}
	for _, e := range w.Edits {
		rows = details.Labelled(rows, cells.InkPlain, "  "+e.Kind, e.Name)
	}
	if more := w.EditCount - len(w.Edits); more > 0 {
		rows = append(rows, details.Row{Ink: cells.InkDim, Text: cells.Clean(cells.Plural(int64(more), "more file", "more files"))})
	}
	return details.Labelled(rows, cells.InkBad, "unreadable", w.Problem)
}

func checkInsText(w *slots.Work) string {
	text := fmt.Sprintf("%s since the base, %d not in git yet", cells.Count(int64(w.CheckIns)), w.Unapplied)
	if w.Unpushed > 0 {
		text += fmt.Sprintf(", %d not in the hub", w.Unpushed)
	}
	return text
}
