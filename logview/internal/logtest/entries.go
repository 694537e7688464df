// Package logtest has the entries of a log that the tests of the log engine and of the
// filter language share.
package logtest

import (
	"time"

	"bones-tui/hub/hublog"
)

// At reads an RFC 3339 time; it panics at any other text.
func At(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// Claim is a call that failed: an ERROR with nearly every field, and quotes to escape.
func Claim() hublog.Entry {
	return hublog.Entry{
		Ts: hublog.LoggedTime{Time: At("2026-03-02T14:02:15Z")}, Level: hublog.LevelError, Event: "rpc",
		RPC: "tasks.claim", Agent: "slot-web", Task: "t-11b0", TookMs: 212, Err: `cas conflict: rev 41 < "42"`,
	}
}

// Ready is a line of the hub about itself, later than Claim.
func Ready() hublog.Entry {
	return hublog.Entry{
		Ts: hublog.LoggedTime{Time: At("2026-03-02T14:50:01Z")}, Level: hublog.LevelInfo, Event: "lifecycle", Msg: "hub: ready",
	}
}
