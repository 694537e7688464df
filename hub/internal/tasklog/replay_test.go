package tasklog

import (
	"encoding/json"
	"testing"
	"time"

	"bones-tui/hub/internal/tasklog/tasktest"
	"bones-tui/slots"
)

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func TestReplay(t *testing.T) {
	t.Parallel()
	open, mine, closed := tasktest.Open("t"), tasktest.Claimed("t", "a-1", 3), tasktest.Closed("t")
	moved := tasktest.Open("t")
	moved.Context = map[string]string{"slot": "a"}
	linked := tasktest.Open("t")
	linked.Edges = []slots.Edge{{Type: "blocks", Target: "u"}}
	for name, c := range map[string]struct {
		record *slots.Task
		kind   slots.EventType
		body   any
		want   func(slots.Task) bool // nil: does not apply
	}{
		"a new task":          {nil, slots.EventCreated, slots.Created{Title: "x", Slot: "a"}, func(t slots.Task) bool { return t.Title == "x" && t.Status == "open" && t.Slot("/") == "a" }},
		"a snapshot":          {nil, slots.EventCreated, slots.Created{Title: "x", Snapshot: &closed}, func(t slots.Task) bool { return t.Status == "closed" && t.ID == "t" }},
		"created twice":       {&open, slots.EventCreated, slots.Created{Title: "x"}, nil},
		"claim":               {&open, slots.EventClaimed, slots.Claimed{AgentID: "a-1", ClaimEpoch: 1}, func(t slots.Task) bool { return t.ClaimedBy == "a-1" && t.ClaimEpoch == 1 && t.Status == "claimed" }},
		"claim of another's":  {&mine, slots.EventClaimed, slots.Claimed{AgentID: "a-2", ClaimEpoch: 4}, nil},
		"taking over":         {&mine, slots.EventClaimed, slots.Claimed{AgentID: "a-2", ClaimEpoch: 4, PrevAgent: "a-1"}, func(t slots.Task) bool { return t.ClaimedBy == "a-2" }},
		"claim of old":        {&mine, slots.EventClaimed, slots.Claimed{AgentID: "a-2", ClaimEpoch: 3, PrevAgent: "a-1"}, nil},
		"claim of closed":     {&closed, slots.EventClaimed, slots.Claimed{AgentID: "a-1", ClaimEpoch: 9}, nil},
		"claim of nothing":    {nil, slots.EventClaimed, slots.Claimed{AgentID: "a-1", ClaimEpoch: 9}, nil},
		"unclaim":             {&mine, slots.EventUnclaimed, slots.Unclaimed{Reason: "release"}, func(t slots.Task) bool { return t.ClaimedBy == "" && t.Status == "open" }},
		"unclaim of open":     {&open, slots.EventUnclaimed, slots.Unclaimed{}, nil},
		"unclaim of closed":   {&closed, slots.EventUnclaimed, slots.Unclaimed{}, nil},
		"update":              {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "title", Old: raw(`"draw"`), New: raw(`"paint"`)}}}, func(t slots.Task) bool { return t.Title == "paint" }},
		"update of new field": {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "mood", Old: raw("null"), New: raw(`"good"`)}}}, func(t slots.Task) bool { return string(t.Unknown["mood"]) == `"good"` }},
		"update of empty":     {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "parent", Old: raw(`""`), New: raw(`"p"`)}}}, func(t slots.Task) bool { return t.Parent == "p" }},
		"update of changed":   {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "title", Old: raw(`"x"`), New: raw(`"y"`)}}}, nil},
		"update of the id":    {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "id", Old: raw(`"t"`), New: raw(`"u"`)}}}, nil},
		"update to nonsense":  {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "title", Old: raw(`"draw"`), New: raw(`7`)}}}, nil},
		"update too large":    {&open, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "parent", Old: raw("null"), New: raw(`"` + string(make64k()) + `"`)}}}, nil},
		"reopening by update": {&closed, slots.EventUpdated, slots.Updated{Changes: []slots.Change{{Field: "status", Old: raw(`"closed"`), New: raw(`"open"`)}}}, nil},
		"link":                {&open, slots.EventLinked, slots.Linked{OtherID: "u", EdgeType: "blocks"}, func(t slots.Task) bool { return len(t.Edges) == 1 && t.Edges[0].Target == "u" }},
		"link twice":          {&linked, slots.EventLinked, slots.Linked{OtherID: "u", EdgeType: "blocks"}, nil},
		"slot":                {&open, slots.EventSlotChanged, slots.SlotChanged{To: "a"}, func(t slots.Task) bool { return t.Context["slot"] == "a" }},
		"slot from another":   {&moved, slots.EventSlotChanged, slots.SlotChanged{From: "b", To: "c"}, nil},
		"close": {&mine, slots.EventClosed, slots.Closed{AgentID: "a-1", Reason: "done"}, func(t slots.Task) bool {
			return t.Status == "closed" && t.ClaimedBy == "" && t.ClosedBy == "a-1" && t.ClosedAt != nil
		}},
		"close twice":  {&closed, slots.EventClosed, slots.Closed{AgentID: "a-2", Reason: "again"}, nil},
		"unknown type": {&open, slots.EventType(9), map[string]int{"x": 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, ok := replay(c.record, tasktest.Event(t, c.kind, "t", c.body))
			if ok != (c.want != nil) {
				t.Fatalf("applies: %t, %+v", ok, after)
			}
			if ok && !c.want(after) {
				t.Errorf("the record became %+v", after)
			}
			if ok && c.record != nil && !after.UpdatedAt.Equal(tasktest.Noon.Add(time.Minute)) {
				t.Errorf("updated at %s", after.UpdatedAt)
			}
		})
	}
}

func make64k() []byte {
	b := make([]byte, 64<<10)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

func TestReplayLeavesTheBeforeImageAlone(t *testing.T) {
	t.Parallel()
	before := tasktest.Open("t")
	before.Context = map[string]string{"slot": "a"}
	if _, ok := replay(&before, tasktest.Event(t, slots.EventSlotChanged, "t", slots.SlotChanged{From: "a", To: "b"})); !ok {
		t.Fatal("does not apply")
	}
	if before.Context["slot"] != "a" {
		t.Errorf("the record before became %+v", before)
	}
}

// FuzzReplay gives effect to any event on any record: the result is a record that can be
// written, of the same task.
func FuzzReplay(f *testing.F) {
	const record = `{"id":"t","title":"x","status":"open","files":null,"schema_version":4}`
	for _, event := range []string{
		`{"type":1,"task_id":"t","payload":{"title":"x","snapshot":{"id":"other"}}}`,
		`{"type":2,"task_id":"t","payload":{"agent_id":"a","claim_epoch":1}}`,
		`{"type":3,"task_id":"t","payload":{}}`,
		`{"type":4,"task_id":"t","payload":{"changes":[{"field":"title","old":"x","new":{}},{"field":"","new":null}]}}`,
		`{"type":5,"task_id":"t","payload":{"edge_type":"blocks","other_id":"t"}}`,
		`{"type":6,"task_id":"t","payload":{"to":"..","from":""}}`,
		`{"type":7,"task_id":"t","timestamp":"9999-12-31T23:59:59-12:00","payload":null}`,
	} {
		f.Add([]byte(record), []byte(event))
		f.Add([]byte(nil), []byte(event))
	}
	f.Fuzz(func(t *testing.T, record, event []byte) {
		ev, err := slots.DecodeTaskEvent(event)
		if err != nil {
			return
		}
		task, err := slots.DecodeTask(record)
		before := &task
		if err != nil {
			before = nil
		}
		after, ok := replay(before, ev)
		if ok && before != nil && after.ID != before.ID {
			t.Fatalf("%s on %s makes another task of it: %+v", event, record, after)
		}
	})
}
