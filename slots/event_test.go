package slots_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"bones-tui/slots"
)

func TestTaskEvents(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 999, time.FixedZone("", 3600))
	for _, c := range []struct {
		kind slots.EventType
		name string
		body any
		wire string
	}{
		{slots.EventCreated, "created", &slots.Created{Title: "x", Slot: "a"}, `{"title":"x","slot":"a"}`},
		{slots.EventClaimed, "claimed", &slots.Claimed{AgentID: "a-1", ClaimEpoch: 2}, `{"agent_id":"a-1","claim_epoch":2}`},
		{slots.EventUnclaimed, "unclaimed", &slots.Unclaimed{Reason: "release"}, `{"reason":"release"}`},
		{slots.EventUpdated, "updated", &slots.Updated{Changes: []slots.Change{{Field: "title", Old: json.RawMessage(`"x"`), New: json.RawMessage(`"y"`)}}}, `{"changes":[{"field":"title","old":"x","new":"y"}]}`},
		{slots.EventLinked, "linked", &slots.Linked{OtherID: "t-2", EdgeType: "haunts"}, `{"other_id":"t-2","edge_type":"haunts"}`},
		{slots.EventSlotChanged, "slot_changed", &slots.SlotChanged{To: "b"}, `{"to":"b"}`},
		{slots.EventClosed, "closed", &slots.Closed{AgentID: "a-1", Reason: "done"}, `{"agent_id":"a-1","reason":"done"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := slots.NewTaskEvent(c.kind, "t-1", at, c.body)
			if err != nil {
				t.Fatal(err)
			}
			wire, err := e.Encode()
			want := `{"type":` + string('0'+rune(c.kind)) + `,"task_id":"t-1","timestamp":"2026-03-02T08:00:00Z","payload":` + c.wire + `}`
			if err != nil || string(wire) != want {
				t.Fatalf("encoded %s, %v\nwant    %s", wire, err, want)
			}
			back, err := slots.DecodeTaskEvent(wire)
			if err != nil {
				t.Fatal(err)
			}
			body, err := back.Body()
			if err != nil || !reflect.DeepEqual(body, c.body) {
				t.Errorf("body %+v, %v; want %+v", body, err, c.body)
			}
			if c.kind.String() != c.name {
				t.Errorf("name %q, want %q", c.kind, c.name)
			}
		})
	}
}

func TestTaskEventOfUnknownTypeIsKept(t *testing.T) {
	t.Parallel()
	const wire = `{"type":9,"task_id":"t-1","timestamp":"2026-03-02T08:00:00Z","payload":{"x":[1]}}`
	e, err := slots.DecodeTaskEvent([]byte(wire))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := e.Body(); body != nil || err != nil {
		t.Errorf("body %v, %v; want none", body, err)
	}
	if got, err := e.Encode(); err != nil || string(got) != wire {
		t.Errorf("encoded %s, %v", got, err)
	}
	if e.Type.String() != "event-9" {
		t.Errorf("name %q", e.Type)
	}
	bad := slots.TaskEvent{Type: slots.EventClosed, Payload: json.RawMessage(`[]`)}
	if _, err := bad.Body(); err == nil {
		t.Error("a payload of the wrong shape decodes")
	}
}

func TestCreatedCarriesSnapshot(t *testing.T) {
	t.Parallel()
	e := slots.TaskEvent{Type: slots.EventCreated, Payload: json.RawMessage(`{"title":"x","snapshot":` + taskBare + `}`)}
	body, err := e.Body()
	if err != nil {
		t.Fatal(err)
	}
	if c := body.(*slots.Created); c.Snapshot == nil || c.Snapshot.Status != slots.StatusOpen {
		t.Errorf("snapshot %+v", c.Snapshot)
	}
}
