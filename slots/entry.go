package slots

import (
	"context"
	"time"
)

// Entry is one line of a workspace's timeline.
type Entry struct {
	Seq     uint64 // counts entries as they were learnt of; an entry keeps its own
	At      time.Time
	Kind    Kind
	What    string // created, claimed, …; check-in, commit; join, close, reap; start, ready, stop, …
	Slot    string
	Task    string
	Agent   string
	Branch  string // of a check-in
	CheckIn string // its hash
	Text    string // title, comment, reason, result
	Bad     bool   // it tells of a failure
	Effect  Effect // of a task event
}

// Kind says where an entry comes from.
type Kind uint8

// The kinds of entries.
const (
	KindTask    Kind = iota // the stream of task events
	KindCheckIn             // the hub's repository, or a slot's word that it checked in
	KindSlot                // the slots' history
	KindHub                 // the hub's log
)

// String returns the kind in one word.
func (k Kind) String() string {
	return [...]string{"task", "check-in", "slot", "hub"}[k%4]
}

// Effect says what became of a task event, which is published before the record is
// written and stays even if that fails.
type Effect uint8

// The effects.
const (
	EffectNone    Effect = iota // nothing was to take effect
	EffectPending               // its record may still be written
	EffectTook                  // a record names it
	EffectRefused               // no record took it in
	EffectUnknown               // the records do not reach back that far
)

// String returns the effect in one word, "" for EffectNone.
func (e Effect) String() string {
	return [...]string{"", "pending", "took effect", "refused", "unknown"}[e%5]
}

// CheckIn is one line of the repository's history.
type CheckIn struct {
	UUID    string
	Branch  string
	User    string
	Comment string
	At      time.Time
}

// CheckInFunc returns the newest check-ins of all branches, at most limit, the newest
// first, from the files alone. An Activity calls it once a second.
type CheckInFunc func(ctx context.Context, limit int) ([]CheckIn, error)
