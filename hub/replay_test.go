package hub_test

import (
	"encoding/json"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/slots"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func openTask(id string) slots.Task {
	return slots.Task{ID: id, Title: "draw", Status: slots.StatusOpen, CreatedAt: noon, UpdatedAt: noon, Schema: 4}
}

func claimedTask(id, agent string, epoch uint64) slots.Task {
	t := openTask(id)
	t.Status, t.ClaimedBy, t.ClaimEpoch = slots.StatusClaimed, agent, epoch
	return t
}

func closedTask(id string) slots.Task {
	t := openTask(id)
	t.Status, t.ClosedAt, t.ClosedBy, t.ClosedReason = slots.StatusClosed, &noon, "a-1", "done"
	return t
}

func event(tb testing.TB, kind slots.EventType, id string, body any) slots.TaskEvent {
	tb.Helper()
	ev, err := slots.NewTaskEvent(kind, id, noon.Add(time.Minute), body)
	if err != nil {
		tb.Fatal(err)
	}
	return ev
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func TestReplay(t *testing.T) {
	t.Parallel()
	open, mine, closed := openTask("t"), claimedTask("t", "a-1", 3), closedTask("t")
	moved := openTask("t")
	moved.Context = map[string]string{"slot": "a"}
	linked := openTask("t")
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
			after, ok := hub.Replay(c.record, event(t, c.kind, "t", c.body))
			if ok != (c.want != nil) {
				t.Fatalf("applies: %t, %+v", ok, after)
			}
			if ok && !c.want(after) {
				t.Errorf("the record became %+v", after)
			}
			if ok && c.record != nil && !after.UpdatedAt.Equal(noon.Add(time.Minute)) {
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
	before := openTask("t")
	before.Context = map[string]string{"slot": "a"}
	if _, ok := hub.Replay(&before, event(t, slots.EventSlotChanged, "t", slots.SlotChanged{From: "a", To: "b"})); !ok {
		t.Fatal("does not apply")
	}
	if before.Context["slot"] != "a" {
		t.Errorf("the record before became %+v", before)
	}
}
