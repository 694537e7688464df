// Package tui is the dashboard: one Bubble Tea model over a hub, its slots and
// its log.
//
// The root model owns everything that moves: which keys are heard (mode.go), what
// is known of the hub (life.go), and every command it may issue (effects.go).
// Panes are plain structs. They hold their own data and answer with lines of
// text; they issue no commands and know neither a context nor a hub. Update does
// no I/O and reads no clock, so the same messages always give the same frame.
//
// The package never prints, never exits and reads no flag or environment
// variable; what the operator should read afterwards is the Outcome of Run.
package tui
