package slots

import "time"

// The limits of a session's life, counted from its last renewal in whole seconds.
// They are the command line's; a session exactly at a limit is still within it.
const (
	StaleAfter   = 90 * time.Second
	ExpiredAfter = 300 * time.Second // the session bucket evicts a record at this age
)

// State is what a slot's session and directory say about it.
type State uint8

// The states. The age of a session decides between the first five.
const (
	Active      State = iota // renewed on this host within StaleAfter
	Stale                    // not renewed within StaleAfter
	Remote                   // as Active, on another host
	RemoteStale              // as Stale, on another host
	Expired                  // not renewed within ExpiredAfter, or its record is gone
	Orphan                   // a directory that no session, present or remembered, stands for
)

// String returns the state in lower case, words joined by a dash.
func (s State) String() string {
	switch s {
	case Active:
		return "active"
	case Stale:
		return "stale"
	case Remote:
		return "remote"
	case RemoteStale:
		return "remote-stale"
	case Expired:
		return "expired"
	case Orphan:
		return "orphan"
	default:
		return "unknown"
	}
}

// Slot is what is known about one slot at one instant: plain data, safe to keep.
type Slot struct {
	Name       string
	TaskID     string
	Title      string // the task's title, "" while the task record is unknown
	TaskStatus string // StatusOpen, StatusClaimed, StatusClosed, or ""
	OpenTasks  int    // open tasks that name this slot

	Agent string
	Host  string // where the session was joined, as that host calls itself

	// PID is the process named by leaf.pid, else by the session. It is the command
	// that joined, which usually has ended; a dead one proves nothing. PIDAlive is
	// only ever true for leaf.pid, and only if that process is older than the file.
	PID      int
	PIDAlive bool

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
}

// Age returns how long ago the session was renewed at now, in whole seconds, and
// never less than zero.
func (s Slot) Age(now time.Time) time.Duration { return age(s.Renewed, now) }

func age(renewed, now time.Time) time.Duration {
	return max(now.Sub(renewed).Truncate(time.Second), 0)
}

// State returns the slot's state at now, seen from the named host.
func (s Slot) State(now time.Time, host string) State {
	switch age := s.Age(now); {
	case !s.Ended.IsZero():
		return Expired
	case !s.HasSession:
		return Orphan
	case age > ExpiredAfter:
		return Expired
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

// Live reports whether stopping the hub at now would cut this slot off: its
// leaf.pid lives, or its session is fresh, on whatever host.
func (s Slot) Live(now time.Time, host string) bool {
	state := s.State(now, host)
	return s.PIDAlive || state == Active || state == Remote
}
