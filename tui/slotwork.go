package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bones-tui/slots"
)

// cellCommits is what the slot has checked in since the base.
func cellCommits(t *theme, base style, r *slotRow, _ time.Time) (style, string) {
	switch {
	case r.Work == nil && !r.HasDir:
		return t.dim, "-"
	case r.Work == nil:
		return t.dim, t.ellipsis
	case r.Work.Problem != "":
		return t.dim, unknown
	}
	return base, strconv.Itoa(r.Work.CheckIns)
}

// cellUnsynced is what the hub does not have: edited files, check-ins of the clone.
func cellUnsynced(t *theme, base style, r *slotRow, _ time.Time) (style, string) {
	switch {
	case r.Work == nil && !r.HasDir:
		return t.dim, "-"
	case r.Work == nil:
		return t.dim, t.ellipsis
	case r.Work.AtRisk():
		return t.warn, atRisk(r.Work, true)
	case r.Work.Problem != "":
		return t.dim, unknown
	}
	return base, "0"
}

func cellBranch(t *theme, base style, r *slotRow, _ time.Time) (style, string) {
	if r.Work == nil || r.Work.Branch == "" {
		return t.dim, "-"
	}
	return base, clean(r.Work.Branch).String()
}

// atRisk says what is nowhere but in the slot's directory; tight is for a column.
func atRisk(w *slots.Work, tight bool) string {
	var parts []string
	files, checkIns := int64(w.EditCount), int64(w.Unpushed)
	switch {
	case tight && files > 0 && checkIns > 0:
		return fmt.Sprintf("%df %dci", files, checkIns)
	case tight && files > 0:
		return plural(files, "file", "files")
	case tight:
		return plural(checkIns, "ci", "ci")
	}
	if files > 0 {
		parts = append(parts, plural(files, "edited file", "edited files"))
	}
	if checkIns > 0 {
		parts = append(parts, plural(checkIns, "check-in", "check-ins")+" that the hub has not")
	}
	return strings.Join(parts, " and ")
}

// workRows are the slot's branch, worktree and holds.
func workRows(r *slotRow) []detailRow {
	rows := []detailRow{{}}
	for i, path := range r.Holds {
		label := ""
		if i == 0 {
			label = "holds"
		}
		rows = append(rows, detailRow{label: label, text: clean(path)})
	}
	w := r.Work
	switch {
	case w == nil && !r.HasDir:
		return rows
	case w == nil:
		return append(rows, detailRow{ink: inkDim, label: "worktree", text: clean("not looked at yet")})
	}
	rows = labelled(rows, inkPlain, "branch", w.Branch)
	if w.Problem != "" && w.CheckIns == 0 && w.Unpushed == 0 {
		rows = labelled(rows, inkDim, "check-ins", unknown)
	} else {
		rows = labelled(rows, inkPlain, "check-ins", checkInsText(w))
	}
	switch {
	case w.Problem != "" && w.EditCount == 0:
		rows = labelled(rows, inkDim, "worktree", unknown)
	case w.EditCount > 0:
		rows = labelled(rows, inkWarn, "worktree", plural(int64(w.EditCount), "file is", "files are")+" not as checked out")
	case w.HasTree:
		rows = labelled(rows, inkPlain, "worktree", "as checked out")
	default:
		rows = labelled(rows, inkDim, "worktree", "there is none")
	}
	for _, e := range w.Edits {
		rows = labelled(rows, inkPlain, "  "+e.Kind, e.Name)
	}
	if more := w.EditCount - len(w.Edits); more > 0 {
		rows = append(rows, detailRow{ink: inkDim, text: clean(plural(int64(more), "more file", "more files"))})
	}
	return labelled(rows, inkBad, "unreadable", w.Problem)
}

func checkInsText(w *slots.Work) string {
	text := fmt.Sprintf("%s since the base, %d not in git yet", count(int64(w.CheckIns)), w.Unapplied)
	if w.Unpushed > 0 {
		text += fmt.Sprintf(", %d not in the hub", w.Unpushed)
	}
	return text
}

// workFinding is a slot whose agent is gone and whose work is nowhere else.
func workFinding(r *slotRow) finding {
	dir := ".bones/swarm/" + r.name.String()
	f := finding{
		text: fmt.Sprintf("slot %s is %s and has %s", r.name, r.state, atRisk(r.Work, false)),
		why:  "Nothing but " + dir + " holds them; cleaning the slot up by hand would lose them.",
		fix:  "cd " + dir + "/wt && fossil addremove && fossil commit -m 'recovered from " + r.name.String() + "'",
	}
	if r.Work.EditCount == 0 {
		f.fix = "fossil push -R " + dir + "/leaf.fossil"
	}
	return f
}
