package tui

import (
	"fmt"
	"strconv"
	"time"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// cellCommits is what the slot has checked in since the base.
func cellCommits(t *cells.Theme, base cells.Style, r *slotRow, _ time.Time) (cells.Style, string) {
	switch {
	case r.Work == nil && !r.HasDir:
		return t.Dim, "-"
	case r.Work == nil:
		return t.Dim, t.Ellipsis
	case r.Work.Problem != "":
		return t.Dim, cells.Unknown
	}
	return base, strconv.Itoa(r.Work.CheckIns)
}

// cellUnsynced is what the hub does not have: edited files, check-ins of the clone.
func cellUnsynced(t *cells.Theme, base cells.Style, r *slotRow, _ time.Time) (cells.Style, string) {
	switch {
	case r.Work == nil && !r.HasDir:
		return t.Dim, "-"
	case r.Work == nil:
		return t.Dim, t.Ellipsis
	case r.Work.AtRisk():
		return t.Warn, atRisk(r.Work)
	case r.Work.Problem != "":
		return t.Dim, cells.Unknown
	}
	return base, "0"
}

func cellBranch(t *cells.Theme, base cells.Style, r *slotRow, _ time.Time) (cells.Style, string) {
	if r.Work == nil || r.Work.Branch == "" {
		return t.Dim, "-"
	}
	return base, cells.Clean(r.Work.Branch).String()
}

// atRisk says what is nowhere but in the slot's directory; tight is for a column.
func atRisk(w *slots.Work) string {
	files, checkIns := int64(w.EditCount), int64(w.Unpushed)
	switch {
	case files > 0 && checkIns > 0:
		return fmt.Sprintf("%df %dci", files, checkIns)
	case files > 0:
		return cells.Plural(files, "file", "files")
	}
	return cells.Plural(checkIns, "ci", "ci")
}

// workRows are the slot's branch, worktree and holds.
func workRows(r *slotRow) []detailRow {
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
