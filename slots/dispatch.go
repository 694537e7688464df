package slots

import (
	"encoding/json"
	"fmt"
	"time"
)

// Dispatch is the plan that was dispatched to slots: swarm/dispatch.json. It holds no
// progress: a wave is over when its tasks are closed.
type Dispatch struct {
	Schema      int       `json:"schema_version"`
	PlanPath    string    `json:"plan_path"`
	PlanSHA256  string    `json:"plan_sha256"`
	CreatedAt   time.Time `json:"created_at"`
	CurrentWave int       `json:"current_wave"` // from 1
	Waves       []Wave    `json:"waves"`
}

// Wave is a part of a plan whose slots work side by side.
type Wave struct {
	Wave  int          `json:"wave"`
	Until int          `json:"blocked_until_wave,omitempty"`
	Slots []Assignment `json:"slots"`
}

// Assignment is the task that a plan gives to a slot.
type Assignment struct {
	Slot   string   `json:"slot"`
	TaskID string   `json:"task_id"`
	Title  string   `json:"title"`
	Files  []string `json:"files"` // null on the wire when nil
	Prompt string   `json:"subagent_prompt"`
}

// dispatchFile lies beside the slots' directories.
const dispatchFile = "dispatch.json"

// maxDispatch bounds what is read of a manifest, in bytes.
const maxDispatch = 4 << 20

// DecodeDispatch reads a manifest. Members it does not know are ignored.
func DecodeDispatch(data []byte) (Dispatch, error) {
	var d Dispatch
	if err := json.Unmarshal(data, &d); err != nil {
		return Dispatch{}, fmt.Errorf("slots: decode dispatch manifest: %w", err)
	}
	return d, nil
}

// order is what a plan says of one slot.
type order struct {
	task, title string
	wave        int
}

// orders lists what each slot was told; the current wave wins over the others.
func (d Dispatch) orders() map[string]order {
	all := map[string]order{}
	for _, w := range d.Waves {
		for _, a := range w.Slots {
			if old, ok := all[a.Slot]; !ok || old.wave != d.CurrentWave {
				all[a.Slot] = order{task: a.TaskID, title: a.Title, wave: w.Wave}
			}
		}
	}
	return all
}
