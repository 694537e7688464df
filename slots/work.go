package slots

import (
	"time"
)

// Work is what a slot's worktree and clone hold, at one instant. What is not there
// to be read counts nothing: HasTree and HasClone say so.
type Work struct {
	At       time.Time
	HasTree  bool   // wt/ exists
	HasClone bool   // leaf.fossil could be read
	CheckOut string // hash of the check-in that the worktree stands on, "" if that is not known
	Branch   string // that the slot works on

	CheckIns  int // made by the slot since the base
	Unapplied int // of these, how many git has not received
	Unpushed  int // of these, how many only the clone has

	Edits     []Edit // files that are not as checked out, sorted by name; only the first MaxEdits
	EditCount int    // how many there are

	Problem string // why something could not be read
}

// MaxEdits bounds the files that a Work names.
const MaxEdits = 50

// Edit is one file of a worktree that is not as checked out.
type Edit struct {
	Name string // with slashes
	Kind string // changed, added, missing, renamed, stashed, unread
}

// AtRisk reports whether removing the slot's directory would lose something: files
// that are nowhere else, or check-ins that only its clone has.
func (w *Work) AtRisk() bool { return w != nil && (w.EditCount > 0 || w.Unpushed > 0) }
