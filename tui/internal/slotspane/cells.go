package slotspane

import (
	"fmt"
	"strconv"
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
		return t.Warn, atRisk(r.Work)
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

// atRisk says what is nowhere but in the slot's directory.
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
