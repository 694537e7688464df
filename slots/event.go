package slots

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// EventType says what a task event announces. Numbers beyond the known ones are
// legal: a reader skips them.
type EventType int

// The known event types.
const (
	EventCreated EventType = iota + 1
	EventClaimed
	EventUnclaimed
	EventUpdated
	EventLinked
	EventSlotChanged
	EventClosed
)

// String returns the type's name, or "event-N" for an unknown one.
func (t EventType) String() string {
	switch t {
	case EventCreated:
		return "created"
	case EventClaimed:
		return "claimed"
	case EventUnclaimed:
		return "unclaimed"
	case EventUpdated:
		return "updated"
	case EventLinked:
		return "linked"
	case EventSlotChanged:
		return "slot_changed"
	case EventClosed:
		return "closed"
	default:
		return "event-" + strconv.Itoa(int(t))
	}
}

// TaskEvent is one message of the stream StreamTaskEvents. It is published before
// the record it speaks of is written, and stays even if that write is refused: it
// tells of an intent. The record is the truth, and its LastEventSeq says which
// events took effect.
type TaskEvent struct {
	Type      EventType       `json:"type"`
	TaskID    string          `json:"task_id"`
	Timestamp time.Time       `json:"timestamp"` // UTC, whole seconds
	Payload   json.RawMessage `json:"payload"`
}

// The payloads, one per known type.
type (
	// Created announces a new task. Snapshot is set by migration and compaction only.
	Created struct {
		Title    string   `json:"title"`
		Slot     string   `json:"slot,omitempty"`
		Files    []string `json:"files,omitempty"`
		Snapshot *Task    `json:"snapshot,omitempty"`
	}
	// Claimed announces that an agent takes the task.
	Claimed struct {
		AgentID    string `json:"agent_id"`
		Slot       string `json:"slot,omitempty"`
		ClaimEpoch uint64 `json:"claim_epoch"`
		PrevAgent  string `json:"prev_agent,omitempty"`
	}
	// Unclaimed announces that the task is free again.
	Unclaimed struct {
		Reason string `json:"reason"`
	}
	// Updated announces changed members of the record.
	Updated struct {
		Changes []Change `json:"changes"`
	}
	// Change is one member before and after, by its name in the record.
	Change struct {
		Field string          `json:"field"`
		Old   json.RawMessage `json:"old"`
		New   json.RawMessage `json:"new"`
	}
	// Linked announces a new edge to another task.
	Linked struct {
		OtherID  string `json:"other_id"`
		EdgeType string `json:"edge_type"`
	}
	// SlotChanged announces that the task moves to another slot.
	SlotChanged struct {
		From string `json:"from,omitempty"`
		To   string `json:"to"`
	}
	// Closed announces the task's end.
	Closed struct {
		AgentID string `json:"agent_id"`
		Reason  string `json:"reason"`
	}
)

// DecodeTaskEvent reads one message. Its payload stays raw until Body.
func DecodeTaskEvent(data []byte) (TaskEvent, error) {
	var e TaskEvent
	if err := decode("task event", data, &e); err != nil {
		return TaskEvent{}, err
	}
	return e, nil
}

// NewTaskEvent returns an event whose payload is body, a pointer or a value of the
// type's payload.
func NewTaskEvent(t EventType, taskID string, at time.Time, body any) (TaskEvent, error) {
	payload, err := json.Marshal(body)
	if err != nil {
		return TaskEvent{}, fmt.Errorf("slots: encode task event: %w", err)
	}
	return TaskEvent{Type: t, TaskID: taskID, Timestamp: at.UTC().Truncate(time.Second), Payload: payload}, nil
}

// Encode returns the message.
func (e TaskEvent) Encode() ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("slots: encode task event: %w", err)
	}
	return data, nil
}

// Body decodes the payload into a pointer to the type's payload, or returns nil for
// an unknown type.
func (e TaskEvent) Body() (any, error) {
	body := e.Type.body()
	if body == nil {
		return nil, nil
	}
	if err := json.Unmarshal(e.Payload, body); err != nil {
		return nil, fmt.Errorf("slots: decode payload of task event %s: %w", e.Type, err)
	}
	return body, nil
}

func (t EventType) body() any {
	switch t {
	case EventCreated:
		return &Created{}
	case EventClaimed:
		return &Claimed{}
	case EventUnclaimed:
		return &Unclaimed{}
	case EventUpdated:
		return &Updated{}
	case EventLinked:
		return &Linked{}
	case EventSlotChanged:
		return &SlotChanged{}
	case EventClosed:
		return &Closed{}
	default:
		return nil
	}
}
