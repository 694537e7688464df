//go:build unix

// Package reference does to a workspace what the reference's command does, so that
// tests can have it beside a hub of ours: look at hub.pid, take the start lock, remove
// slots, empty the repository, serve. It knows nothing of ours that the reference does
// not know, and keeps its faults. It serves tests only.
//
// What it leaves out is what no file shows: JetStream (the NATS port greets and hangs
// up), the sync of Fossil (a POST is answered with status 500, so nothing is ever
// confirmed), and task recovery. A tracked file without content is seeded, where the
// reference would panic.
package reference
