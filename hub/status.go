package hub

import (
	"time"

	"bones-tui/hub/internal/usage"
	"bones-tui/hub/natsd"
)

// Status is what is known about a hub at one instant. It is plain data, safe to
// keep and to share. A nil pointer means "cannot be known from here", never zero.
type Status struct {
	At        time.Time `json:"at"`
	StartedAt time.Time `json:"started_at"`
	Phase     Phase     `json:"phase"`
	Step      string    `json:"step,omitempty"` // while starting or draining: the step under way
	PID       int       `json:"pid"`
	Owned     bool      `json:"owned"` // the hub runs in the process that answers
	LogLevel  string    `json:"log_level,omitempty"`

	Root     string    `json:"root,omitempty"`     // of the workspace that it is the hub of
	Run      string    `json:"run,omitempty"`      // names this run of a hub, and no other
	Deaths   int       `json:"deaths,omitempty"`   // of hubs before it that nobody had asked to end, since the last stop
	DiedAt   time.Time `json:"died_at,omitzero"`   // the last of them
	Reseeded *Reseeded `json:"reseeded,omitempty"` // what this hub did with the repository before it began to serve

	// Lost says what happened to the hub's storage and what to do, "" if it is where it
	// should be. A hub that has lost it acknowledges nothing any more.
	Lost   string    `json:"lost,omitempty"`
	LostAt time.Time `json:"lost_at,omitzero"`
	Saved  string    `json:"saved,omitempty"` // where it has then saved what the repository held, if git had not everything
	// Unsaved is why it has not yet saved that. It is tried again until the hub ends, and the
	// hub is then the only one that has it.
	Unsaved string `json:"unsaved,omitempty"`

	// Incidents are what went wrong with what the workspace holds, and nobody has dismissed,
	// the oldest first.
	Incidents []Incident `json:"incidents,omitempty"`

	NATS   NATSStatus   `json:"nats"`
	Fossil FossilStatus `json:"fossil"`
	Disk   *DiskUsage   `json:"disk,omitempty"` // nil until it was measured
}

// NATSStatus describes the coordination server.
type NATSStatus struct {
	URL       string             `json:"url"`
	Up        bool               `json:"up"`
	RTT       time.Duration      `json:"rtt_ns"`
	Problem   string             `json:"problem,omitempty"` // why Up is false, or what is degraded
	Server    *natsd.ServerStats `json:"server,omitempty"`
	JetStream *natsd.StreamStats `json:"jetstream,omitempty"`
}

// FossilStatus describes the repository, the HTTP server in front of it, and what fails at its
// two doors, HTTP and NATS.
type FossilStatus struct {
	URL         string        `json:"url"`
	Up          bool          `json:"up"`
	Latency     time.Duration `json:"latency_ns"`
	Problem     string        `json:"problem,omitempty"`
	ProjectCode string        `json:"project_code,omitempty"`
	ProjectName string        `json:"project_name,omitempty"`
	CheckIns    *int64        `json:"check_ins,omitempty"`
	Leaves      *int64        `json:"leaves,omitempty"` // open leaves of trunk; more than one is a fork
	RepoBytes   *int64        `json:"repo_bytes,omitempty"`
	WALBytes    *int64        `json:"wal_bytes,omitempty"`
	Tip         *CheckIn      `json:"tip,omitempty"`       // newest check-in of trunk
	Unapplied   *int64        `json:"unapplied,omitempty"` // check-ins since the base that git has not received
	Requests    *uint64       `json:"requests,omitempty"`  // sync requests answered since start
	Refused     *uint64       `json:"refused,omitempty"`   // connections of other users turned away
	Rejected    *uint64       `json:"rejected,omitempty"`  // requests not served: another host or origin, no sync message, a bad or refused one, one that was cut
	Failed      *uint64       `json:"failed,omitempty"`    // sync messages that the hub could not answer: busy, full, read-only, damaged

	Failures []SyncFailures `json:"failures,omitempty"` // both together, by door and cause
}

// CheckIn is one line of the repository's history.
type CheckIn struct {
	UUID    string    `json:"uuid"`
	Branch  string    `json:"branch"`
	User    string    `json:"user"`
	Comment string    `json:"comment"`
	Time    time.Time `json:"time"`
}

// DiskUsage is how much of the disk the state directory of a workspace takes, in bytes.
type DiskUsage = usage.Usage

// Reseeded says what Reseed did.
type Reseeded struct {
	Archive   string `json:"archive,omitempty"` // where the old repository is now, "" if there was none
	Unapplied int64  `json:"unapplied"`         // check-ins in it that git has not received
	Files     int    `json:"files"`             // files in the new one
	Base      string `json:"base"`              // abbreviated git commit that it holds
}
