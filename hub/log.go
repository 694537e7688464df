package hub

import "bones-tui/hub/hublog"

// LogEntry is one row of hub.log. Ts, Level and Event are always present.
type LogEntry = hublog.Entry

// LogLevel is a severity of hub.log; the order is by rank.
type LogLevel = hublog.Level

// The severities, lowest first.
const (
	LevelDebug = hublog.LevelDebug
	LevelInfo  = hublog.LevelInfo
	LevelWarn  = hublog.LevelWarn
	LevelError = hublog.LevelError
)

// The kinds of hub.log rows. The set is closed.
const (
	EventRPC       = hublog.EventRPC       // a mutation of a task: rpc, agent, task, took_ms, err
	EventHook      = hublog.EventHook      // a session hook fired: hook, matcher, session
	EventLifecycle = hublog.EventLifecycle // the hub's own life: msg
	EventError     = hublog.EventError     // a failure inside the hub: err
)
