package slots

import (
	"fmt"
	"testing"
	"time"

	"bones-tui/hub/hublog"
)

// message is a task event as the stream holds it.
func message(t *testing.T, seq uint64, kind EventType, body any) taskMessage {
	t.Helper()
	e, err := NewTaskEvent(kind, "t-1", time.Now(), body)
	if err != nil {
		t.Fatal(err)
	}
	return taskMessage{seq: seq, stored: time.Now(), event: e}
}

func taskRecord(rev, event uint64, status, agent string) record {
	return record{key: "t-1", rev: rev, value: fmt.Appendf(nil, `{"id":"t-1","status":%q,"claimed_by":%q,"last_event_seq":%d}`, status, agent, event)}
}

func TestEffectOfTaskEvents(t *testing.T) {
	t.Parallel()
	now := time.Now()
	claim := &Claimed{AgentID: "slot-a"}
	open := taskRecord(1, 1, StatusOpen, "")
	for _, c := range []struct {
		name    string
		kind    EventType
		body    any
		before  []record // known when event 5 comes
		after   []record
		waited  time.Duration
		want    Effect
		thenBad bool
	}{
		{"nothing known yet", EventClaimed, claim, nil, nil, 0, EffectPending, false},
		{"nothing known for long", EventClaimed, claim, nil, nil, settleWithin, EffectUnknown, false},
		{"an older record only", EventClaimed, claim, []record{open}, nil, 0, EffectPending, false},
		{"an older record only, for long", EventClaimed, claim, []record{open}, nil, settleWithin, EffectRefused, true},
		{"the record follows", EventClaimed, claim, []record{open}, []record{taskRecord(2, 5, StatusClaimed, "slot-a")}, 0, EffectTook, false},
		{"the record came first", EventClaimed, claim, []record{open, taskRecord(2, 5, StatusClaimed, "slot-a")}, nil, 0, EffectTook, false},
		{"a later record passes it over", EventClaimed, claim, []record{open}, []record{taskRecord(2, 6, StatusClaimed, "slot-b")}, 0, EffectRefused, true},
		{"recovery named it without effect", EventClaimed, claim, []record{open}, []record{taskRecord(2, 5, StatusClosed, "")}, 0, EffectRefused, true},
		{"another's claim", EventClaimed, claim, []record{open}, []record{taskRecord(2, 5, StatusClaimed, "slot-b")}, 0, EffectRefused, true},
		{"older than what is kept", EventClosed, &Closed{}, []record{taskRecord(9, 7, StatusClosed, "")}, nil, settleWithin, EffectUnknown, false},
		{"records that name no events", EventClosed, &Closed{}, []record{taskRecord(9, 0, StatusClosed, "")}, nil, settleWithin, EffectUnknown, false},
		{"a refused close", EventClosed, &Closed{}, []record{open, taskRecord(2, 8, StatusOpen, "")}, nil, 0, EffectRefused, true},
		{"a type of the future", 99, struct{}{}, []record{open}, []record{taskRecord(2, 5, "paused", "")}, 0, EffectTook, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newTimeline(time.Time{}, 10)
			for _, r := range c.before {
				l.proofs.put(r, now)
			}
			l.putTaskEvent(message(t, 5, c.kind, c.body), now)
			for _, r := range c.after {
				l.proofs.put(r, now)
			}
			l.proofs.settle(now.Add(c.waited))
			all := l.snapshot()
			if len(all) != 1 || all[0].Effect != c.want || all[0].Bad != c.thenBad {
				t.Errorf("%+v, want effect %v", all, c.want)
			}
		})
	}
}

// A check-in that a slot told of and that the repository holds is one entry, whichever
// came first, and it has what both say.
func TestCommitAndCheckInAreOneEntry(t *testing.T) {
	t.Parallel()
	now := time.Now()
	told := SlotEvent{At: now, Event: SlotCommit, Slot: "a", TaskID: "t-1", CommitUUID: "cafe"}
	held := CheckIn{UUID: "cafe", Branch: "trunk", User: "7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d", Comment: "work", At: now.Add(-time.Second)}
	for _, first := range []string{"slot", "repository"} {
		l := newTimeline(time.Time{}, 10)
		if first == "slot" {
			l.putSlotEvent(told)
			if all := l.snapshot(); len(all) != 1 || all[0].What != "commit" {
				t.Errorf("told only: %+v", all)
			}
			l.putCheckIn(held)
		} else {
			l.putCheckIn(held)
			if all := l.snapshot(); all[0].Slot != "agent-7f0c3a52-9d1" {
				t.Errorf("held only: %+v", all)
			}
			l.putSlotEvent(told)
		}
		l.putCheckIn(held)
		all := l.snapshot()
		if len(all) != 1 || all[0].What != "check-in" || all[0].Slot != "a" || all[0].Task != "t-1" || all[0].Branch != "trunk" || all[0].Text != "work" || all[0].Seq != 1 {
			t.Errorf("%s first: %+v", first, all)
		}
	}
}

func TestTimelineIsBoundedAndSorted(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := newTimeline(now.Add(-time.Hour), 100)
	for i := range 1000 {
		at := now.Add(time.Duration(i*37%1000) * time.Second)
		l.putCheckIn(CheckIn{UUID: fmt.Sprint(i), At: at})
		l.putTaskEvent(taskMessage{seq: uint64(i), stored: at, event: TaskEvent{Type: 99, TaskID: fmt.Sprint(i)}}, now)
	}
	l.putCheckIn(CheckIn{UUID: "old", At: now.Add(-2 * time.Hour)})
	all := l.snapshot()
	if len(all) != 100 || len(l.byKey) > 200 || len(l.proofs) > 200 {
		t.Fatalf("%d entries, %d keys, %d proofs; want 100 and not much more", len(all), len(l.byKey), len(l.proofs))
	}
	for i := range all[1:] {
		if all[i+1].At.Before(all[i].At) {
			t.Fatalf("entry %d is older than the one before", i+1)
		}
	}
	if want := now.Add(950 * time.Second); !all[0].At.Equal(want) {
		t.Errorf("oldest %v, want %v", all[0].At, want)
	}
}

func TestTimelineReadsTheHubsLife(t *testing.T) {
	t.Parallel()
	l := newTimeline(time.Time{}, 100)
	at := func(s int) hublog.LoggedTime {
		return hublog.LoggedTime{Time: time.Date(2026, 3, 2, 9, 0, s, 0, time.UTC)}
	}
	for i, e := range []hublog.Entry{
		{Msg: "hub: starting (pid=5200, repo-port=41001, coord-port=41002)"},
		{Msg: "hub: task event-log recovery complete"},
		{Msg: "hub: ready"},
		{Msg: "hub: reaped stale slot audio (ttl exceeded by 12s)"},
		{Event: hublog.EventRPC, RPC: "tasks.claim"},
		{Event: hublog.EventError, Level: hublog.LevelError, Msg: "hub: watcher ended", Err: "watch stopped"},
		{Msg: "hub: stopping"},
		{Level: hublog.LevelError, Msg: "hub: stopped with drain error: hub: drain timeout exceeded"},
	} {
		e.Ts = at(i)
		if e.Event == "" {
			e.Event = hublog.EventLifecycle
		}
		if e.Level == 0 {
			e.Level = hublog.LevelInfo
		}
		l.putLog(e)
	}
	var got []string
	for _, e := range l.snapshot() {
		got = append(got, fmt.Sprintf("%s|%s|%t", e.What, e.Text, e.Bad))
	}
	want := []string{
		"start|pid=5200, repo-port=41001, coord-port=41002|false", "ready||false", "error|watcher ended watch stopped|true",
		"stop||false", "stopped|stopped with drain error: hub: drain timeout exceeded|true",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
