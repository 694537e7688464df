package slots

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The states of a task.
const (
	StatusOpen    = "open"
	StatusClaimed = "claimed"
	StatusClosed  = "closed"
)

// Task is a task record as the bucket BucketTasks holds it, under the task's id.
// Times are UTC with nanoseconds.
type Task struct {
	ID           string            `json:"id"`
	Title        string            `json:"title"`
	Status       string            `json:"status"`
	ClaimedBy    string            `json:"claimed_by,omitempty"`
	Files        []string          `json:"files"` // null on the wire when nil
	Parent       string            `json:"parent,omitempty"`
	Edges        []Edge            `json:"edges,omitempty"`
	Context      map[string]string `json:"context,omitempty"` // notably slot and priority
	CreatedAt    time.Time         `json:"created_at"`
	UpdatedAt    time.Time         `json:"updated_at"`
	DeferUntil   *time.Time        `json:"defer_until,omitempty"`
	ClosedAt     *time.Time        `json:"closed_at,omitempty"`
	ClosedBy     string            `json:"closed_by,omitempty"`
	ClosedReason string            `json:"closed_reason,omitempty"`
	ClaimEpoch   uint64            `json:"claim_epoch,omitempty"`
	OriginalSize int               `json:"original_size,omitempty"`
	CompactLevel int               `json:"compact_level,omitempty"`
	CompactedAt  *time.Time        `json:"compacted_at,omitempty"`
	Schema       int               `json:"schema_version"`
	LastEventSeq uint64            `json:"last_event_seq,omitempty"` // newest event that took effect

	// Unknown holds the members of a newer schema; Encode writes them back.
	Unknown map[string]json.RawMessage `json:"-"`
}

// Edge relates a task to another. Type is kept as it came, known or not.
type Edge struct {
	Type   string `json:"type"` // blocks, discovered-from, supersedes, duplicates
	Target string `json:"target"`
}

// DecodeTask reads one record.
func DecodeTask(value []byte) (Task, error) {
	t, err := decodeKnown(value)
	if err != nil {
		return Task{}, err
	}
	if err := json.Unmarshal(value, &t.Unknown); err != nil {
		return Task{}, fmt.Errorf("slots: decode task: %w", err)
	}
	for f := range reflect.TypeFor[Task]().Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "-" {
			maps.DeleteFunc(t.Unknown, func(k string, _ json.RawMessage) bool { return strings.EqualFold(k, name) })
		}
	}
	if len(t.Unknown) == 0 {
		t.Unknown = nil
	}
	return t, nil
}

// decodeKnown reads one record without the members that it does not know.
func decodeKnown(value []byte) (Task, error) {
	var t Task
	if err := decode("task", value, &t); err != nil {
		return Task{}, err
	}
	return t, nil
}

// Encode returns the record's value, unknown members last.
func (t Task) Encode() ([]byte, error) {
	value, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("slots: encode task: %w", err)
	}
	if len(t.Unknown) == 0 {
		return value, nil
	}
	rest, err := json.Marshal(t.Unknown)
	if err != nil {
		return nil, fmt.Errorf("slots: encode task: %w", err)
	}
	return slices.Concat(bytes.TrimSuffix(value, []byte("}")), []byte(","), rest[1:]), nil
}

var slotInTitle = regexp.MustCompile(`\[slot: ([^\]\s]+)\]`)

// Slot returns the slot that a task of the workspace at root belongs to: what its
// context says, else its title's "[slot: NAME]", else the first folder of its first
// file below the root. "" if none of them names one.
func (t Task) Slot(root string) string {
	if name := t.Context["slot"]; name != "" {
		return name
	}
	if m := slotInTitle.FindStringSubmatch(t.Title); m != nil {
		return m[1]
	}
	for _, file := range t.Files {
		if filepath.IsAbs(file) {
			rel, err := filepath.Rel(root, file)
			if err != nil || !filepath.IsLocal(rel) {
				continue
			}
			file = rel
		}
		if first, _, ok := strings.Cut(filepath.ToSlash(file), "/"); ok {
			return first
		}
	}
	return ""
}
