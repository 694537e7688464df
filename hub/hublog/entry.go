// Package hublog is the format of hub.log, the hub's audit trail: one JSON
// object per line. It encodes, decodes and writes entries; reading a whole log
// is the business of others.
package hublog

import (
	"fmt"
	"time"
)

// The kinds of entries. The set is closed.
const (
	EventRPC       = "rpc"       // an event of the task log, seen by the hub
	EventHook      = "hook"      // a hook firing that the hub observed
	EventLifecycle = "lifecycle" // the hub's own coming, going and housekeeping
	EventError     = "error"     // a failure inside the hub that fits nowhere else
)

// Entry is one line of hub.log. Ts, Level and Event are in every line, the rest
// where it applies. The order of the fields is the order of the keys on disk.
type Entry struct {
	Ts          LoggedTime `json:"ts"`
	Level       Level      `json:"level"`
	Event       string     `json:"event"`
	RPC         string     `json:"rpc,omitempty"`          // dotted name, such as tasks.claim
	Agent       string     `json:"agent,omitempty"`        // who asked; "system" for the hub itself
	Task        string     `json:"task,omitempty"`         // task id
	Session     string     `json:"session,omitempty"`      // session token of a hook
	Hook        string     `json:"hook,omitempty"`         // name of the hook
	Matcher     string     `json:"matcher,omitempty"`      // the hook's matcher
	TookMs      int64      `json:"took_ms,omitempty"`      // duration in milliseconds
	ResultCount int        `json:"result_count,omitempty"` // length of a list result
	Err         string     `json:"err,omitempty"`          // what the handler returned
	Msg         string     `json:"msg,omitempty"`          // free text
}

// LoggedTime is an instant as it is persisted: UTC, RFC 3339, whole seconds, Z.
type LoggedTime struct{ time.Time }

// loggedLen is the length of a logged time.
const loggedLen = len("2006-01-02T15:04:05Z")

// MarshalJSON returns the quoted instant, cut to the second.
func (t LoggedTime) MarshalJSON() ([]byte, error) {
	return t.append(make([]byte, 0, loggedLen+2)), nil
}

func (t LoggedTime) append(dst []byte) []byte {
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, time.RFC3339)
	return append(dst, '"')
}

// UnmarshalJSON accepts what writers of other ages have left: any RFC 3339
// instant, with fractions and an offset too, and null, which changes nothing.
func (t *LoggedTime) UnmarshalJSON(data []byte) error {
	if err := t.Time.UnmarshalJSON(data); err != nil {
		return fmt.Errorf("hublog: decode time: %w", err)
	}
	return nil
}
