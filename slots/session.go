package slots

import (
	"encoding/json"
	"fmt"
	"time"
)

// Session is a slot's lease as the bucket BucketSessions holds it, under the slot's
// name. Times are UTC with nanoseconds.
type Session struct {
	Slot        string    `json:"slot"`
	TaskID      string    `json:"task_id"`
	AgentID     string    `json:"agent_id"` // slot-<name>, or an agent's UUID
	Host        string    `json:"host"`
	LeafPID     int       `json:"leaf_pid"` // the command that joined; ended by design
	HubURL      string    `json:"hub_url,omitempty"`
	StartedAt   time.Time `json:"started_at"`
	LastRenewed time.Time `json:"last_renewed"`
}

// DecodeSession reads one record, the beginning of what is too long. Members it does not
// know are ignored.
func DecodeSession(value []byte) (Session, error) {
	var s Session
	if err := decode("session", value, &s); err != nil {
		return Session{}, err
	}
	clipAll(&s.Slot, &s.TaskID, &s.AgentID, &s.Host, &s.HubURL)
	return s, nil
}

// Encode returns the record's value.
func (s Session) Encode() ([]byte, error) {
	s.StartedAt, s.LastRenewed = s.StartedAt.UTC(), s.LastRenewed.UTC()
	value, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("slots: encode session: %w", err)
	}
	return value, nil
}
