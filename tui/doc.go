// Package tui is the dashboard: one Bubble Tea model over a hub, its slots and
// its log.
//
// The root model owns everything that moves: which keys are heard (mode.go), what
// is known of the hub (life.go), and every command it may issue (effects.go).
// Panes are plain structs. They hold their own data and answer with lines of
// text; they issue no commands and know neither a context nor a hub. Update does
// no I/O and reads no clock, so the same messages always give the same frame.
//
// From the top: run.go runs the program and update.go hands each message to what obeys
// it; act.go obeys keys. session.go, stopping.go and leaving.go are the hub's life on the
// screen, asking.go and questions.go what is asked about it; view.go draws what setup.go
// and arrange.go have put together. Panes stand below model.go, what they are made of
// (tables, the key table) in packages of their own.
//
// The package never prints, never exits and reads no flag or environment
// variable; what the operator should read afterwards is the Outcome of Run.
package tui
