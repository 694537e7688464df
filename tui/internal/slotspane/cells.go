package slotspane

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// cellCommits is what the slot has checked in since the base.
func cellCommits(t *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
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
func cellUnsynced(t *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	switch {
	case r.Work == nil && !r.HasDir:
		return t.Dim, "-"
	case r.Work == nil:
		return t.Dim, t.Ellipsis
	case r.Work.AtRisk():
		return t.Warn, AtRisk(r.Work, true)
	case r.Work.Problem != "":
		return t.Dim, cells.Unknown
	}
	return base, "0"
}

func cellBranch(t *cells.Theme, base cells.Style, r *Row, _ time.Time) (cells.Style, string) {
	if r.Work == nil || r.Work.Branch == "" {
		return t.Dim, "-"
	}
	return base, cells.Clean(r.Work.Branch).String()
}

// AtRisk says what is nowhere but in the slot's directory; tight is for a column.
func AtRisk(w *slots.Work, tight bool) string {
	var parts []string
	files, checkIns := int64(w.EditCount), int64(w.Unpushed)
	switch {
	case tight && files > 0 && checkIns > 0:
		return fmt.Sprintf("%df %dci", files, checkIns)
	case tight && files > 0:
		return cells.Plural(files, "file", "files")
	case tight:
		return cells.Plural(checkIns, "ci", "ci")
	}
	if files > 0 {
		parts = append(parts, cells.Plural(files, "edited file", "edited files"))
	}
	if checkIns > 0 {
		parts = append(parts, cells.Plural(checkIns, "check-in", "check-ins")+" that the hub has not")
	}
	return strings.Join(parts, " and ")
}
