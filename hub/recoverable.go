package hub

import (
	"strings"
	"time"

	"bones-tui/hub/internal/plural"
)

// Recoverable is a copy that holds something that the repository of its workspace does not,
// or one that cannot be read.
type Recoverable struct {
	Path     string    `json:"path"` // names it
	Kind     string    `json:"kind"` // run, archive, clone, lost or worktree
	Taken    time.Time `json:"taken"`
	Bytes    int64     `json:"bytes"`
	CheckIns []CheckIn `json:"check_ins,omitempty"` // that the repository has not, the newest first, at most MaxRecoverable
	Total    int64     `json:"total,omitempty"`     // of them
	Notes    []string  `json:"notes,omitempty"`     // that the repository has not, the newest first: wiki edit, ticket change, ... and what it is
	Slot     string    `json:"slot,omitempty"`      // whose worktree it was
	Files    []string  `json:"files,omitempty"`     // with content that the repository has not, and names that were deleted
	Way      Way       `json:"way,omitempty"`       // how BringBack would bring the check-ins back
	Problem  string    `json:"problem,omitempty"`   // why it, or a part of it, cannot be read
}

// MaxRecoverable bounds the check-ins that are listed of one copy.
const MaxRecoverable = 1000

// Way is how check-ins of a copy come back.
type Way string

// The ways.
const (
	WayReplace Way = "replace" // the copy takes the place of a repository with nothing but bases
	WayMend    Way = "mend"    // the copy takes the place of a repository that is damaged
	WayAdd     Way = "add"     // as they are, into a repository of the same project
	WayBranch  Way = "branch"  // made once more, on a branch
)

// atRecovery says how much a copy has, or has given back.
func atRecovery(checkIns, notes int) string {
	var words []string
	if checkIns > 0 || notes == 0 {
		words = append(words, plural.Of(checkIns, "check-in"))
	}
	if notes > 0 {
		words = append(words, plural.Of(notes, "note"))
	}
	return strings.Join(words, " and ")
}

// Holds says in a few words what the copy has.
func (r Recoverable) Holds() string {
	switch {
	case r.Problem != "":
		return "cannot be read: " + r.Problem
	case r.Slot != "":
		return plural.Of(len(r.Files), "file") + " of slot " + r.Slot
	}
	return atRecovery(int(r.Total), len(r.Notes))
}
