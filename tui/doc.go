// Package tui is the dashboard: one Bubble Tea model over a hub, its slots and
// its log.
//
// The root model wires parts that stand in packages below it and know nothing of each other:
// panes (services, slotspane, logpane, newspane), what opens over them (details, dialogs, overlays,
// picker, input) and what all of them use (cells, keymap, notice, commands). It owns which keys
// are heard (mode.go), the session with the hub (session.go) and the commands about it (effects.go);
// the log and the details have commands of their own. Update does no I/O and reads no clock, so the
// same messages always give the same frame.
//
// From the top: run.go runs the program and update.go hands each message to what obeys
// it; act.go obeys keys. session.go, stopping.go and leaving.go are the hub's life on the
// screen, asking.go and filtering.go what is asked and typed; view.go draws what setup.go
// and arrange.go have put together.
//
// The package never prints, never exits and reads no flag or environment
// variable; what the operator should read afterwards is the Outcome of Run.
package tui
