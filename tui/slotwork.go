package tui

import (
	"fmt"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/slotspane"
)

// workRows are the slot's branch, worktree and holds.
func workRows(r *slotspane.Row) []detailRow {
	rows := []detailRow{{}}
	for i, path := range r.Holds {
		label := ""
		if i == 0 {
			label = "holds"
		}
		rows = append(rows, detailRow{label: label, text: cells.Clean(path)})
	}
	w := r.Work
	switch {
	case w == nil && !r.HasDir:
		return rows
	case w == nil:
		return append(rows, detailRow{ink: cells.InkDim, label: "worktree", text: cells.Clean("not looked at yet")})
	}
	rows = labelled(rows, cells.InkPlain, "branch", w.Branch)
	if w.Problem != "" && w.CheckIns == 0 && w.Unpushed == 0 {
		rows = labelled(rows, cells.InkDim, "check-ins", cells.Unknown)
	} else {
		rows = labelled(rows, cells.InkPlain, "check-ins", checkInsText(w))
	}
	switch {
	case w.Problem != "" && w.EditCount == 0:
		rows = labelled(rows, cells.InkDim, "worktree", cells.Unknown)
	case w.EditCount > 0:
		rows = labelled(rows, cells.InkWarn, "worktree", cells.Plural(int64(w.EditCount), "file is", "files are")+" not as checked out")
	case w.HasTree:
		rows = labelled(rows, cells.InkPlain, "worktree", "as checked out")
	default:
		rows = labelled(rows, cells.InkDim, "worktree", "there is none")
	}
	for _, e := range w.Edits {
		rows = labelled(rows, cells.InkPlain, "  "+e.Kind, e.Name)
	}
	if more := w.EditCount - len(w.Edits); more > 0 {
		rows = append(rows, detailRow{ink: cells.InkDim, text: cells.Clean(cells.Plural(int64(more), "more file", "more files"))})
	}
	return labelled(rows, cells.InkBad, "unreadable", w.Problem)
}

func checkInsText(w *slots.Work) string {
	text := fmt.Sprintf("%s since the base, %d not in git yet", cells.Count(int64(w.CheckIns)), w.Unapplied)
	if w.Unpushed > 0 {
		text += fmt.Sprintf(", %d not in the hub", w.Unpushed)
	}
	return text
}
