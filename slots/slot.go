package slots

import (
	"context"
	"time"
)

// The limits of a session's life, counted from its last renewal in whole seconds.
// They are the command line's; a session exactly at a limit is still within it.
const (
	StaleAfter   = 90 * time.Second
	ExpiredAfter = 300 * time.Second // the session bucket evicts a record at this age
)

// State is what a slot's session, directory and log say about it.
type State uint8

// The states. The age of a session decides between the first five.
const (
	Active      State = iota // renewed on this host within StaleAfter
	Stale                    // not renewed within StaleAfter
	Remote                   // as Active, on another host
	RemoteStale              // as Stale, on another host
	Expired                  // not renewed within ExpiredAfter, or its record is gone
	Orphan                   // a directory of which nothing else is known
	Dead                     // as Expired, and the process of its directory is gone
	Closing                  // its log says that it was closed, its record is still there
	Finished                 // closed or reaped; only its directory is left
)

// States lists all of them, the one that needs a look first.
func States() [9]State {
	return [...]State{Dead, Stale, RemoteStale, Active, Remote, Orphan, Closing, Expired, Finished}
}

// String returns the state in lower case, words joined by a dash.
func (s State) String() string {
	names := [...]string{"active", "stale", "remote", "remote-stale", "expired", "orphan", "dead", "closing", "closed"}
	if int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Slot is what is known about one slot at one instant: plain data, safe to keep.
type Slot struct {
	Name       string
	TaskID     string
	Title      string // the task's title, "" while neither a record nor a plan tells it
	TaskStatus string // StatusOpen, StatusClaimed, StatusClosed, or "": the task's own state, not the session's
	OpenTasks  int    // open tasks that name this slot
	Wave       int    // of the dispatched plan that gave the slot its task, from 1; 0 for none

	Agent string
	Host  string // where the session was joined, as that host calls itself

	// PID is the process named by leaf.pid, else by the session. It is the command
	// that joined, which usually has ended; a dead one proves nothing. PIDAlive is
	// only ever true for leaf.pid, and only if that process is older than the file.
	// Without PIDKnown nobody looked: there is no leaf.pid, or it is another host's.
	PID      int
	PIDAlive bool
	PIDKnown bool

	HasDir     bool // swarm/<slot>/ exists
	HasSession bool // the session's record exists

	Started time.Time // when the session was joined

	// Renewed is the last renewal as the record says. From a Watcher it carries a
	// monotonic reading, so that its age survives a jump of the wall clock.
	Renewed time.Time

	// Ended is when a session that was never closed was found to be gone; zero while
	// its record exists. The other fields are its last-seen copy then.
	Ended time.Time

	LastEvent   string // newest line of the slot's own log: join, commit, commit_error, close
	LastErr     string // why, if that line tells of a failure
	LastEventAt time.Time

	// Result is how the slot was closed: success, fail, fork, ttl-reaped; "" while
	// it was not, or joined again since. ClosedAt is when.
	Result   string
	ClosedAt time.Time

	Holds   []string // files it holds, sorted, below the root without it
	Present bool     // one of its commands is running just now

	Work *Work // what its worktree and clone hold; nil until they were looked at
}

// Age returns how long ago the session was renewed at now, in whole seconds, and
// never less than zero.
func (s Slot) Age(now time.Time) time.Duration { return age(s.Renewed, now) }

func age(renewed, now time.Time) time.Duration {
	return max(now.Sub(renewed).Truncate(time.Second), 0)
}

// State returns the slot's state at now, seen from the named host.
func (s Slot) State(now time.Time, host string) State {
	age := s.Age(now)
	switch held := s.HasSession && s.Ended.IsZero(); {
	case s.Result != "" && held:
		return Closing
	case s.Result != "":
		return Finished
	case !held || age > ExpiredAfter:
		return s.over(host)
	case s.Host == host && age > StaleAfter:
		return Stale
	case s.Host == host:
		return Active
	case age > StaleAfter:
		return RemoteStale
	default:
		return Remote
	}
}

// over is the state of a slot whose lease is over, or was never seen. Of another
// host's process nothing is known.
func (s Slot) over(host string) State {
	switch seen := s.HasSession || !s.Ended.IsZero(); {
	case s.Host != "" && s.Host != host:
		return Expired
	case s.HasDir && s.PIDKnown && !s.PIDAlive:
		return Dead
	case seen:
		return Expired
	default:
		return Orphan
	}
}

// Live reports whether stopping the hub at now would cut this slot off: its
// leaf.pid lives on this host, or its session is fresh, on whatever host.
func (s Slot) Live(now time.Time, host string) bool {
	alive := s.PIDAlive && (s.Host == "" || s.Host == host)
	return alive || s.HasSession && s.Ended.IsZero() && s.Age(now) <= StaleAfter
}

// WorkFunc reads what a slot's worktree and clone hold, from the files alone. It may
// take long: a Watcher calls it for one slot at a time, and rests in between. What
// could not be read is the Problem of the result.
type WorkFunc func(ctx context.Context, s Slot) Work
