package slots_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bones-tui/slots"
)

// narrate waits until the timeline is as wanted.
func narrate(tb testing.TB, a *slots.Activity, what string, ok func([]slots.Entry) bool) []slots.Entry {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	var last []slots.Entry
	for {
		all, err := a.Next(ctx)
		if err != nil {
			tb.Fatalf("waiting for %s: %v; last seen %+v", what, err, last)
		}
		if last = all; ok(all) {
			return all
		}
	}
}

// summary is a timeline in a few words.
func summary(all []slots.Entry) string {
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Kind, e.What, e.Effect))
	}
	return strings.Join(words, "; ")
}

// say publishes a task event and returns its number.
func (h *hub) say(id, data string) uint64 {
	h.t.Helper()
	ack, err := h.js.Publish(context.Background(), "tasks.events."+id, []byte(data))
	if err != nil {
		h.t.Fatal(err)
	}
	return ack.Sequence
}

func TestActivityTellsOfEverySource(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	const head = `{"id":"t-1","title":"x","files":null,"schema_version":4,`
	created := h.say("t-1", `{"type":1,"task_id":"t-1","timestamp":"2026-03-02T09:00:00Z","payload":{"title":"rotate keys","slot":"auth"}}`)
	h.put(slots.BucketTasks, "t-1", fmt.Sprintf(`%s"status":"open","last_event_seq":%d}`, head, created))
	refused := h.say("t-1", `{"type":7,"task_id":"t-1","timestamp":"2026-03-02T09:00:00Z","payload":{"agent_id":"slot-auth","reason":"done"}}`)
	h.say("t-1", `{"type":42,"task_id":"t-1","timestamp":"2026-03-02T09:00:00Z","payload":null}`)
	h.say("t-1", `no event`)
	old := time.Now().Add(-time.Hour).UTC()
	h.write("hub.log", `{"ts":"`+old.Format(time.RFC3339)+`","level":"INFO","event":"lifecycle","msg":"hub: ready"}`+"\n")
	h.write("swarm-events.jsonl", `{"ts":"`+old.Add(time.Minute).Format(time.RFC3339Nano)+`","event":"slot_join","slot":"auth","task_id":"t-1","agent_id":"slot-auth","host":"box"}`+"\n"+
		`{"ts":"`+old.Add(2*time.Minute).Format(time.RFC3339Nano)+`","event":"slot_renamed","slot":"auth"}`+"\n{torn")
	checkIns := func(context.Context, int) ([]slots.CheckIn, error) {
		return []slots.CheckIn{{UUID: "cafe", Branch: "trunk", User: "slot-auth", Comment: "work", At: old.Add(3 * time.Minute)}}, nil
	}
	a := slots.Follow(h.root, h.nc, slots.ActivityOptions{CheckIns: checkIns})
	t.Cleanup(func() { _ = a.Close() })

	const want = "hub ready; slot join; slot renamed; check-in check-in; task created took effect; task closed refused; task event-42 refused"
	all := narrate(t, a, want, func(all []slots.Entry) bool { return summary(all) == want })
	if all[5].Agent != "slot-auth" || all[5].Slot != "auth" || all[5].Text != "done" || !all[5].Bad || refused == 0 {
		t.Errorf("the refused close is %+v", all[5])
	}

	// What happens from now on comes too, by whatever way.
	claim := h.say("t-1", `{"type":2,"task_id":"t-1","timestamp":"2026-03-02T09:00:01Z","payload":{"agent_id":"slot-auth","claim_epoch":1}}`)
	h.put(slots.BucketTasks, "t-1", fmt.Sprintf(`%s"status":"claimed","claimed_by":"slot-auth","last_event_seq":%d}`, head, claim))
	event := slots.SlotEvent{At: time.Now(), Event: slots.SlotReap, Slot: "auth", Result: slots.ResultReaped}
	if err := event.AppendTo(h.root + "/.bones/more"); err != nil {
		t.Fatal(err)
	}
	line, err := os.ReadFile(h.root + "/.bones/more")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(h.root+"/.bones/swarm-events.jsonl", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\n" + string(line)); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	narrate(t, a, "the claim and the reap", func(all []slots.Entry) bool {
		s := summary(all)
		return strings.Contains(s, "task claimed took effect") && strings.Contains(s, "slot reap")
	})
}

// A hub without streams, and no hub at all, leave what files tell.
func TestActivityCreatesNothing(t *testing.T) {
	t.Parallel()
	h := bare(t)
	for name, a := range map[string]*slots.Activity{
		"no streams": slots.Follow(h.root, h.nc, slots.ActivityOptions{}), "no hub": slots.Follow(h.root, nil, slots.ActivityOptions{}),
	} {
		if all, err := a.Next(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%s: %v, %v", name, all, err)
		}
		if told := a.Problem() != ""; told != (name == "no hub") {
			t.Errorf("%s: problem %q", name, a.Problem())
		}
		_ = a.Close()
	}
	if names := h.js.StreamNames(t.Context()); len(names.Name()) != 0 {
		t.Error("a stream was made")
	}
	if h.exists("") {
		t.Error("a directory was made")
	}
}

func TestActivityFollowsANewStream(t *testing.T) {
	t.Parallel()
	h := bare(t)
	a := slots.Follow(h.root, h.nc, slots.ActivityOptions{})
	t.Cleanup(func() { _ = a.Close() })
	narrate(t, a, "nothing", func(all []slots.Entry) bool { return len(all) == 0 })
	if err := slots.EnsureBuckets(t.Context(), h.nc); err != nil {
		t.Fatal(err)
	}
	h.say("t-1", `{"type":1,"task_id":"t-1","timestamp":"2026-03-02T09:00:00Z","payload":{"title":"x"}}`)
	narrate(t, a, "the event", func(all []slots.Entry) bool { return len(all) == 1 })
}
