// Package owner answers whose hub a state directory has. It believes no file's word: a
// record says whom to look at, and the kernel's locks, descriptors and sockets decide.
package owner

import (
	"time"

	"bones-tui/hub/bonesdir"
)

// Answer is what is known about the hub of a directory. The zero value is CannotTell, so
// that what is not known never looks good.
type Answer uint8

// The answers. A start needs Free, a stop needs Held.
const (
	CannotTell Answer = iota // neither of the others is proven
	Free                     // proven: no hub has the directory
	Held                     // proven: Verdict.PID has it
)

// String returns the answer in the words of the screens.
func (a Answer) String() string {
	switch a {
	case Free:
		return "free"
	case Held:
		return "held"
	default:
		return "cannot tell"
	}
}

// Role is what the holder of a directory is.
type Role uint8

// The roles. The zero value goes with every answer but Held.
const (
	RoleNone      Role = iota
	RoleHub            // a hub of ours, or the successor that takes over from one
	RoleKeeper         // the keeper of a hub of ours that does not live just now
	RoleEarlier        // a hub of an earlier release of ours, which locks hub.lock only
	RoleReference      // a hub of the bones CLI
)

// String returns the role in the words of the screens.
func (r Role) String() string {
	switch r {
	case RoleHub:
		return "hub"
	case RoleKeeper:
		return "keeper"
	case RoleEarlier:
		return "hub of an earlier release"
	case RoleReference:
		return "hub of bones"
	default:
		return "none"
	}
}

// Verdict is the answer with its grounds.
type Verdict struct {
	Answer  Answer
	PID     int    // Held: the holder, as numbered in our own pid namespace
	Role    Role   // Held: what it is
	Serving bool   // Held: both recorded URLs' listening sockets are PID's own; where the system does not tell whose they are, both are recorded
	NATS    bool   // Held: so is that of NATS, which comes up first
	Asked   string // CannotTell: what was asked and what the system answered, one line
	Next    string // CannotTell: the command or act that mends it
	Stale   string // Free, Held: what hub.pid claims and is not so, "" if nothing
}

// Whose returns whose hub d has. It reads only: nothing is created, changed or signalled,
// and no lock is kept longer than it takes to ask for it. The answer is of the moment: who
// starts a hub on the strength of Free still has to take the locks.
func Whose(d bonesdir.Dir) Verdict {
	v := judge(look(d))
	for _, pause := range pauses {
		if v.Answer != CannotTell {
			break
		}
		time.Sleep(pause)
		v = judge(look(d))
	}
	return v
}

// pauses are those before a doubt is looked at again: what is asked one thing after the
// other may not fit together while somebody comes or goes. A command that reads the
// repository holds SQLite's lock for milliseconds, and is gone when it is looked for; each
// time another one may be, with the same doubt.
var pauses = []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond}
