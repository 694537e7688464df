package slots

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bones-tui/hub/bonesdir/inside"
)

// The kinds of SlotEvent.
const (
	SlotJoin   = "slot_join"
	SlotCommit = "slot_commit"
	SlotClose  = "slot_close"
	SlotReap   = "slot_reap"
)

// ResultReaped is the result of a SlotReap event.
const ResultReaped = "ttl-reaped"

// SlotEvent is one line of swarm-events.jsonl, the history of all slots.
type SlotEvent struct {
	At         time.Time `json:"ts"` // nanoseconds, unlike the logs
	Event      string    `json:"event"`
	Slot       string    `json:"slot"`
	TaskID     string    `json:"task_id,omitempty"`
	AgentID    string    `json:"agent_id,omitempty"`
	Host       string    `json:"host,omitempty"`
	Result     string    `json:"result,omitempty"` // success, fail, ttl-reaped
	NoArtifact bool      `json:"no_artifact,omitempty"`
	CommitUUID string    `json:"commit_uuid,omitempty"`
}

// DecodeSlotEvent reads one line, the beginning of what is too long.
func DecodeSlotEvent(line []byte) (SlotEvent, error) {
	var e SlotEvent
	if err := decode("slot event", line, &e); err != nil {
		return SlotEvent{}, err
	}
	clipAll(&e.Event, &e.Slot, &e.TaskID, &e.AgentID, &e.Host, &e.Result, &e.CommitUUID)
	return e, nil
}

// AppendTo adds the event to the file at path, which others append to as well: one
// whole line in a single write. It refuses a symbolic link.
func (e SlotEvent) AppendTo(path string) error {
	e.At = e.At.UTC()
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("slots: append slot event: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("slots: append slot event: %w", err)
	}
	f, err := inside.OpenAppend(filepath.Dir(path), path, 0o644)
	if err != nil {
		return fmt.Errorf("slots: append slot event: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("slots: append slot event: %w", err)
	}
	return nil
}
