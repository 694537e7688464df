package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/tasklog/tasktest"
	"bones-tui/slots"
)

// tasks is a client that writes task events and records.
type tasks struct {
	t  testing.TB
	js jetstream.JetStream
	kv jetstream.KeyValue
}

func newTasks(tb testing.TB, nc *nats.Conn) *tasks {
	tb.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	kv, err := js.KeyValue(context.Background(), slots.BucketTasks)
	if err != nil {
		tb.Fatal(err)
	}
	return &tasks{tb, js, kv}
}

// say publishes an event and returns its sequence.
func (c *tasks) say(kind slots.EventType, id string, body any) uint64 {
	c.t.Helper()
	data, err := tasktest.Event(c.t, kind, id, body).Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	ack, err := c.js.Publish(context.Background(), "tasks.events."+id, data)
	if err != nil {
		c.t.Fatal(err)
	}
	return ack.Sequence
}

// put writes a record that names an event.
func (c *tasks) put(task slots.Task, seq uint64) {
	c.t.Helper()
	task.LastEventSeq = seq
	value, err := task.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.kv.Put(context.Background(), task.ID, value); err != nil {
		c.t.Fatal(err)
	}
}

func (c *tasks) get(id string) (task slots.Task, revision uint64) {
	c.t.Helper()
	e, err := c.kv.Get(context.Background(), id)
	if err != nil {
		c.t.Fatalf("task %s: %v", id, err)
	}
	if task, err = slots.DecodeTask(e.Value()); err != nil {
		c.t.Fatal(err)
	}
	return task, e.Revision()
}

func TestRecoveryGivesEffectToWhatCanHaveIt(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	c := newTasks(t, h.Conn())
	created := c.say(slots.EventCreated, "orphan", slots.Created{Title: "made", Slot: "a"})
	closing := tasktest.Claimed("done", "a-1", 1)
	closing.Unknown = map[string]json.RawMessage{"mood": json.RawMessage(`"good"`)}
	c.put(closing, c.say(slots.EventClaimed, "done", slots.Claimed{AgentID: "a-1", ClaimEpoch: 1}))
	closed := c.say(slots.EventClosed, "done", slots.Closed{AgentID: "a-1", Reason: "ok"})
	late := c.say(slots.EventUnclaimed, "done", slots.Unclaimed{Reason: "release"})
	settled := c.say(slots.EventCreated, "quiet", slots.Created{Title: "q"})
	c.put(tasktest.Open("quiet"), settled)
	c.say(slots.EventCreated, "gone", slots.Created{Title: "g"})
	c.put(tasktest.Open("gone"), 1)
	if err := c.kv.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	c.say(slots.EventType(9), "quiet", map[string]int{"x": 1})
	_, quiet := c.get("quiet")
	stopHub(t, h)

	h = startHub(t, root)
	c = newTasks(t, h.Conn())
	if got, _ := c.get("orphan"); got.Title != "made" || got.Status != slots.StatusOpen || got.LastEventSeq != created {
		t.Errorf("the orphan is %+v", got)
	}
	got, _ := c.get("done")
	if got.Status != slots.StatusClosed || got.LastEventSeq != late || got.ClosedReason != "ok" || string(got.Unknown["mood"]) != `"good"` {
		t.Errorf("after events %d, %d the task is %+v", closed, late, got)
	}
	if _, rev := c.get("quiet"); rev != quiet {
		t.Errorf("a settled record was written again")
	}
	if _, err := c.kv.Get(t.Context(), "gone"); err == nil {
		t.Error("a deleted record is back")
	}
	log := readFile(t, bonesdir.At(root).Log())
	if !strings.Contains(log, "hub: task event-log recovery complete (2 applied, 1 skipped)") {
		t.Errorf("hub.log:\n%s", log)
	}
}

func TestRecoveryGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	c := newTasks(t, h.Conn())
	for i := range 300 {
		id := fmt.Sprint("t-", i)
		c.put(tasktest.Open(id), c.say(slots.EventCreated, id, slots.Created{Title: "x"}))
	}
	stopHub(t, h)
	stopHub(t, startHub(t, root)) // settles all of them
	h = startHub(t, root)
	with := requests(t, h)
	stopHub(t, h)
	if err := os.Remove(bonesdir.At(root).CoordMarks()); err != nil {
		t.Fatal(err)
	}
	if without := requests(t, startHub(t, root)); without < with+300 || with > 150 {
		t.Errorf("a start asks NATS %d times with its marks, %d times without", with, without)
	}
}

// requests is what a hub's server was asked since its start.
func requests(t *testing.T, h *hub.Hub) int64 {
	t.Helper()
	return statusOf(t, h).NATS.Server.InMsgs
}

func TestRPCLinesSayWhatTookEffect(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	c := newTasks(t, h.Conn())
	seq := c.say(slots.EventCreated, "t-1", slots.Created{Title: "x"})
	c.put(tasktest.Open("t-1"), seq)
	seq = c.say(slots.EventClaimed, "t-1", slots.Claimed{AgentID: "a-1", ClaimEpoch: 1})
	time.Sleep(15 * time.Millisecond) // is what took_ms must show
	c.put(tasktest.Claimed("t-1", "a-1", 1), seq)
	c.say(slots.EventClaimed, "t-1", slots.Claimed{AgentID: "a-2", ClaimEpoch: 2})
	c.say(slots.EventType(9), "t-1", struct{}{})

	log := bonesdir.At(root).Log()
	within(t, 6*time.Second, "all told", func() bool { return strings.Count(readFile(t, log), `"event":"rpc"`) == 4 })
	lines := map[string]hub.LogEntry{}
	for _, e := range rpcLines(t, log) {
		lines[e.RPC+" "+e.Agent] = e
	}
	for key, errText := range map[string]string{
		"tasks.create system": "", "tasks.claim a-1": "", "tasks.claim a-2": "not applied", "tasks.event-9 system": "not applied",
	} {
		if e, ok := lines[key]; !ok || e.Err != errText || e.Task != "t-1" {
			t.Errorf("%s: %+v (%t), want err %q", key, e, ok, errText)
		}
	}
	if e := lines["tasks.claim a-1"]; e.TookMs < 10 {
		t.Errorf("took %d ms", e.TookMs)
	}
}

func TestRPCLineOfTheFirstAndTheLastMoment(t *testing.T) {
	root := newWorkspace(t)
	port := freePort(t)
	h, err := hub.New(root, hub.WithCoordPort(port))
	if err != nil {
		t.Fatal(err)
	}
	hub.AtStep(h, func(step string, undo bool) error { // clients may come before the hub is ready
		if step != "recovery" || undo {
			return nil
		}
		nc, err := nats.Connect(fmt.Sprint("nats://127.0.0.1:", port))
		if err != nil {
			return err
		}
		defer nc.Close()
		c := newTasks(t, nc)
		c.put(tasktest.Open("first"), c.say(slots.EventCreated, "first", slots.Created{Title: "x"}))
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	newTasks(t, h.Conn()).say(slots.EventCreated, "last", slots.Created{Title: "x"})
	stopHub(t, h)
	tasks := ""
	for _, e := range rpcLines(t, bonesdir.At(root).Log()) {
		tasks += e.Task + " "
	}
	if tasks != "first last " {
		t.Errorf("rpc lines of %q", tasks)
	}
}

func rpcLines(t *testing.T, path string) (rpc []hub.LogEntry) {
	t.Helper()
	for _, e := range entries(t, path) {
		if e.Event == hub.EventRPC {
			rpc = append(rpc, e)
		}
	}
	return rpc
}
