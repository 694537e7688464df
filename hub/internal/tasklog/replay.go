package tasklog

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"bones-tui/slots"
)

// maxTaskSize is the largest record that the command line accepts, in bytes.
const maxTaskSize = 64 << 10

// replay returns what a task record becomes if an event takes effect, and whether
// it can: an event that was refused when it came stays in the stream, and so does
// one whose effect is there already. A nil record does not exist.
func replay(record *slots.Task, ev slots.TaskEvent) (slots.Task, bool) {
	body, err := ev.Body()
	if err != nil || body == nil {
		return slots.Task{}, false
	}
	if created, ok := body.(*slots.Created); ok {
		if record != nil {
			return slots.Task{}, false
		}
		return newTask(created, ev), true
	}
	if record == nil {
		return slots.Task{}, false
	}
	after, err := copyTask(*record)
	if err != nil || !change(&after, body, ev.Timestamp) || !lawful(*record, after) {
		return slots.Task{}, false
	}
	after.UpdatedAt = ev.Timestamp
	return after, true
}

func newTask(created *slots.Created, ev slots.TaskEvent) slots.Task {
	if created.Snapshot != nil {
		t := *created.Snapshot
		t.ID = ev.TaskID
		return t
	}
	t := slots.Task{
		ID: ev.TaskID, Title: created.Title, Status: slots.StatusOpen, Files: created.Files,
		CreatedAt: ev.Timestamp, UpdatedAt: ev.Timestamp, Schema: taskSchema,
	}
	if created.Slot != "" {
		t.Context = map[string]string{contextSlot: created.Slot}
	}
	return t
}

const (
	taskSchema  = 4      // of the records that the command line writes
	contextSlot = "slot" // key of Task.Context
)

// change does to a task what an event says, and reports whether that was possible.
func change(t *slots.Task, body any, at time.Time) bool {
	switch b := body.(type) {
	case *slots.Claimed:
		return claim(t, b)
	case *slots.Unclaimed:
		t.Status, t.ClaimedBy = slots.StatusOpen, ""
		return true
	case *slots.Updated:
		return update(t, b.Changes)
	case *slots.Linked:
		edge := slots.Edge{Type: b.EdgeType, Target: b.OtherID}
		if slices.Contains(t.Edges, edge) {
			return false
		}
		t.Edges = append(t.Edges, edge)
		return true
	case *slots.SlotChanged:
		return moveSlot(t, b)
	case *slots.Closed:
		if t.Status == slots.StatusClosed {
			return false
		}
		t.Status, t.ClaimedBy = slots.StatusClosed, ""
		t.ClosedAt, t.ClosedBy, t.ClosedReason = &at, b.AgentID, b.Reason
		return true
	default:
		return false
	}
}

// claim also lets an agent take over from the one that the event names.
func claim(t *slots.Task, c *slots.Claimed) bool {
	if c.ClaimEpoch <= t.ClaimEpoch || t.Status == slots.StatusClaimed && (c.PrevAgent == "" || c.PrevAgent != t.ClaimedBy) {
		return false
	}
	t.Status, t.ClaimedBy, t.ClaimEpoch = slots.StatusClaimed, c.AgentID, c.ClaimEpoch
	return true
}

func moveSlot(t *slots.Task, s *slots.SlotChanged) bool {
	if t.Context[contextSlot] != s.From || s.From == s.To {
		return false
	}
	if t.Context == nil {
		t.Context = map[string]string{}
	}
	t.Context[contextSlot] = s.To
	return true
}

// update sets members of the record, known or not, if each still has the value that
// the event saw.
func update(t *slots.Task, changes []slots.Change) bool {
	value, err := t.Encode()
	if err != nil {
		return false
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(value, &members); err != nil {
		return false
	}
	for _, c := range changes {
		if !sameJSON(members[c.Field], c.Old) {
			return false
		}
		members[c.Field] = c.New
	}
	if value, err = json.Marshal(members); err != nil {
		return false
	}
	after, err := slots.DecodeTask(value)
	*t = after
	return err == nil
}

// sameJSON compares values, not their spelling; a missing one is null, and so are
// the zero values, which records leave out.
func sameJSON(a, b json.RawMessage) bool {
	return bytes.Equal(canonical(a), canonical(b))
}

func canonical(raw json.RawMessage) []byte {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		v = nil
	}
	b, _ := json.Marshal(v) // what was decoded can be encoded
	switch string(b) {
	case `""`, "0", "[]", "{}", "false":
		return []byte("null")
	}
	return b
}

// lawful reports whether a record may become another.
func lawful(before, after slots.Task) bool {
	claimed := after.Status == slots.StatusClaimed
	if after.ID != before.ID || claimed != (after.ClaimedBy != "") {
		return false
	}
	if value, err := after.Encode(); err != nil || len(value) > maxTaskSize {
		return false
	}
	switch [2]string{before.Status, after.Status} {
	case [2]string{slots.StatusOpen, slots.StatusClaimed}, [2]string{slots.StatusOpen, slots.StatusClosed},
		[2]string{slots.StatusClaimed, slots.StatusOpen}, [2]string{slots.StatusClaimed, slots.StatusClosed}:
		return true
	default:
		return before.Status == after.Status && !sameTask(before, after)
	}
}

// sameTask reports whether nothing has changed.
func sameTask(a, b slots.Task) bool {
	x, errX := a.Encode()
	y, errY := b.Encode()
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// copyTask returns a task that shares nothing with t.
func copyTask(t slots.Task) (slots.Task, error) {
	value, err := t.Encode()
	if err != nil {
		return slots.Task{}, err
	}
	return slots.DecodeTask(value)
}
