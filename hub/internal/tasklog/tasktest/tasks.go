// Package tasktest makes tasks and events for tests.
package tasktest

import (
	"testing"
	"time"

	"bones-tui/slots"
)

// Noon is when the tasks were made. The events are a minute later.
var Noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Open is a task that nobody has claimed.
func Open(id string) slots.Task {
	return slots.Task{ID: id, Title: "draw", Status: slots.StatusOpen, CreatedAt: Noon, UpdatedAt: Noon, Schema: 4}
}

// Claimed is a task that an agent works on.
func Claimed(id, agent string, epoch uint64) slots.Task {
	t := Open(id)
	t.Status, t.ClaimedBy, t.ClaimEpoch = slots.StatusClaimed, agent, epoch
	return t
}

// Closed is a task that is done.
func Closed(id string) slots.Task {
	t := Open(id)
	t.Status, t.ClosedAt, t.ClosedBy, t.ClosedReason = slots.StatusClosed, &Noon, "a-1", "done"
	return t
}

// Event is one of a kind about a task.
func Event(tb testing.TB, kind slots.EventType, id string, body any) slots.TaskEvent {
	tb.Helper()
	ev, err := slots.NewTaskEvent(kind, id, Noon.Add(time.Minute), body)
	if err != nil {
		tb.Fatal(err)
	}
	return ev
}
