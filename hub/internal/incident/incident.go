// Package incident keeps what went wrong with a workspace until somebody has seen it: one
// small file of the state directory, to which hubs add and from which whoever has seen it
// dismisses.
package incident

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// Kind says what was lost. The set is closed: the way back is known of each.
type Kind string

// The kinds.
const (
	Replaced Kind = "repository-replaced" // it is of another project
	Rewound  Kind = "repository-rewound"  // it lacks check-ins that it had
	Missing  Kind = "check-ins-missing"   // slots have told of them, and nothing has them
	Cut      Kind = "stream-cut"          // it lost messages
	Damaged  Kind = "store-damaged"       // a block of messages cannot be read through
	Copied   Kind = "check-out-copied"    // a slot's check-out is of another workspace's clone
)

// Incident is what went wrong, and has not been dismissed.
type Incident struct {
	ID   string    `json:"id"`
	Kind Kind      `json:"kind"`
	At   time.Time `json:"at"`             // when it was found
	Text string    `json:"text"`           // what was lost, with numbers
	Next string    `json:"next,omitempty"` // the way back, a command where there is one
}

// Steps are what to do: the way back, and the end of the telling.
func (i Incident) Steps() string {
	dismissal := "bones-tui hub dismiss " + i.ID
	if i.Next == "" {
		return dismissal
	}
	return i.Next + ", then " + dismissal
}

// Found is something that went wrong, whether or not it is on record.
type Found struct {
	Kind    Kind
	Key     string // tells this loss from every other of its kind
	Text    string
	Subject string // Damaged: the copy, below the state directory, "" if there is none; Copied: the slot
}

// idDigits are enough to tell apart what a record can hold.
const idDigits = 8

// ID names what was found, the same each time that it is found.
func (f Found) ID() string {
	sum := sha256.Sum256([]byte(string(f.Kind) + "\n" + f.Key))
	return hex.EncodeToString(sum[:])[:idDigits]
}

// Incident is what it becomes once it is recorded.
func (f Found) Incident(d bonesdir.Dir, now time.Time) Incident {
	return Incident{ID: f.ID(), Kind: f.Kind, At: now.UTC(), Text: f.Text, Next: next(d, f.Kind, f.Subject)}
}

// next is the way back. It is made here, and not believed of a file: people type it.
func next(d bonesdir.Dir, k Kind, subject string) string {
	switch k {
	case Replaced, Rewound, Missing:
		return "bones-tui hub recover"
	case Cut:
		return "bones-tui logs 'store damaged'"
	case Damaged:
		if p := path.Clean(subject); filepath.IsLocal(p) && strings.HasPrefix(p, "recovery/") {
			return "ls " + bonesdir.ShellWord(filepath.Join(d.State, filepath.FromSlash(p)))
		}
		return "bones-tui logs 'store damaged'"
	case Copied:
		tree := filepath.Join(d.Slot(subject), bonesdir.SlotTree)
		if _, err := inside.Stat(d.Swarm(), tree, inside.Either); subject == "" || err != nil {
			return ""
		}
		return "cd " + bonesdir.ShellWord(tree) + " && rm -f .fslckout _FOSSIL_ && fossil open --force --keep ../" + bonesdir.SlotClone
	}
	return ""
}
