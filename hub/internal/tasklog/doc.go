// Package tasklog reads the stream of task events that the bones command line publishes: it
// gives effect to those whose writer died before it wrote the task's record, and writes a
// line of hub.log for each that comes.
//
// Reading order: recovery.go and replay.go, which says what an event does to a record; then
// projector.go.
package tasklog
