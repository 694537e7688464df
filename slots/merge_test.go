package slots

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// merged is the one slot "a" after its sources were set.
func merged(t *testing.T, set func(b *board)) Slot {
	t.Helper()
	b := newBoard("/w", "box")
	set(b)
	return only(t, b)
}

// How a slot ended is what the newest of its history and its own log say; the log
// counts in whole seconds.
func TestHowASlotEnded(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return t0.Add(time.Duration(ms) * time.Millisecond) }
	joined := func(ms int) SlotEvent { return SlotEvent{At: at(ms), Event: SlotJoin, Slot: "a"} }
	closed := func(ms int) SlotEvent { return SlotEvent{At: at(ms), Event: SlotClose, Slot: "a", Result: "fail"} }
	reaped := SlotEvent{At: at(300_500), Event: SlotReap, Slot: "a", Result: ResultReaped}
	line := func(s int, event string) LogLine { return LogLine{At: at(1000 * s), Event: event, Result: "success"} }
	for _, c := range []struct {
		name    string
		event   SlotEvent
		log     LogLine
		renewed time.Time // of a session that is still there; zero: none
		want    string
		state   State
	}{
		{"neither says anything", SlotEvent{}, LogLine{}, time.Time{}, "", Orphan},
		{"joined", joined(500), line(0, "join"), time.Time{}, "", Orphan},
		{"closed by its log alone", SlotEvent{}, line(5, "close"), time.Time{}, "success", Finished},
		{"closed by its history alone", closed(5500), LogLine{}, time.Time{}, "fail", Finished},
		{"closed within the second of its join", joined(500), line(0, "close"), time.Time{}, "success", Finished},
		{"closed by both", closed(5500), line(5, "close"), time.Time{}, "fail", Finished},
		{"joined again within the second", joined(5900), line(5, "join"), time.Time{}, "", Orphan},
		{"committed after its history ends", closed(5500), line(7, "commit"), time.Time{}, "", Orphan},
		{"reaped, of which its log has no line", reaped, line(0, "commit"), time.Time{}, ResultReaped, Finished},
		{"its record is still there", closed(5500), line(5, "close"), at(5000), "fail", Closing},
		{"its record was renewed within the second", closed(5500), line(5, "close"), at(6400), "fail", Closing},
		{"it was renewed since", closed(5500), line(5, "close"), at(6600), "", Active},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := merged(t, func(b *board) {
				b.setDirs(map[string]directory{"a": {last: c.log}})
				if c.event.Slot != "" {
					b.putEvent(c.event)
				}
				if !c.renewed.IsZero() {
					b.putSession(sessionRecord("a", 1, c.renewed), c.renewed)
				}
			})
			if got := s.State(c.renewed, "box"); s.Result != c.want || got != c.state {
				t.Errorf("result %q, state %v; want %q, %v", s.Result, got, c.want, c.state)
			}
		})
	}
}

// Of a process on another host nobody knows, whatever a local pid says.
func TestProcessOfAnotherHostIsNotKnown(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for host, known := range map[string]bool{"box": true, "elsewhere": false} {
		for _, alive := range []bool{true, false} {
			s := merged(t, func(b *board) {
				b.host = host
				b.setDirs(map[string]directory{"a": {pid: 42, alive: alive}})
				b.putSession(sessionRecord("a", 1, now.Add(-301*time.Second)), now)
			})
			if s.PID != 42 || s.PIDKnown != known || s.PIDAlive != (known && alive) {
				t.Errorf("seen from %s, alive %t: %+v", host, alive, s)
			}
			want := Expired
			if known && !alive {
				want = Dead
			}
			if got := s.State(now, host); got != want {
				t.Errorf("seen from %s, alive %t: %v, want %v", host, alive, got, want)
			}
		}
	}
}

func TestPlanAndHistoryNameTheTask(t *testing.T) {
	t.Parallel()
	plan, err := DecodeDispatch([]byte(`{"schema_version":1,"current_wave":2,"waves":[
		{"wave":2,"slots":[{"slot":"a","task_id":"t-2","title":"now","files":null}]},{"wave":3,"slots":[{"slot":"a","task_id":"t-3","title":"later","files":null}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	s := merged(t, func(b *board) {
		b.setDirs(map[string]directory{"a": {}})
		b.setOrders(plan.orders())
	})
	if s.TaskID != "t-2" || s.Title != "now" || s.Wave != 2 {
		t.Errorf("by the plan: %+v", s)
	}
	s = merged(t, func(b *board) {
		b.setDirs(map[string]directory{"a": {}})
		b.setOrders(plan.orders())
		b.putEvent(SlotEvent{At: time.Now(), Event: SlotJoin, Slot: "a", TaskID: "t-9", Host: "other", AgentID: "slot-a"})
	})
	if s.TaskID != "t-9" || s.Title != "" || s.Wave != 0 || s.Host != "other" || s.Agent != "slot-a" {
		t.Errorf("by its history: %+v", s)
	}
	if _, err := DecodeDispatch([]byte(`{`)); err == nil {
		t.Error("a torn manifest decodes")
	}
}

func hold(rev uint64, agent, checkout string, until time.Time) record {
	return record{
		key: HoldKey("/w/src/a.go"), rev: rev, written: until,
		value: fmt.Appendf(nil, `{"agent_id":%q,"checkout_path":%q,"expires_at":%q,"ttl":30000000000}`, agent, checkout, until.UTC().Format(time.RFC3339Nano)),
	}
}

// A hold lasts as long as it did at first sight, whatever the wall clock does then.
func TestHoldsSurviveClockJumps(t *testing.T) {
	t.Parallel()
	t0 := time.Now()
	s := newSigns("/w")
	r := hold(1, "auth-leaf", "t-1", t0.Add(30*time.Second).Round(0))
	if !s.listHolds([]record{r}, t0) || s.listHolds([]record{r}, t0.Add(time.Second)) {
		t.Error("a hold is news other than once")
	}
	for owner, want := range map[[3]string][]string{
		{"auth", "", ""}: {"src/a.go"}, {"x", "auth", ""}: {"src/a.go"}, {"x", "", "t-1"}: {"src/a.go"}, {"x", "y", "z"}: nil,
	} {
		if got := s.held(owner[0], owner[1], owner[2]); len(got) != len(want) || len(got) == 1 && got[0] != want[0] {
			t.Errorf("held by %v: %v, want %v", owner, got, want)
		}
	}
	jumped := time.Now().Add(time.Hour).Round(0) // no monotonic reading: the wall alone
	if s.listHolds([]record{r}, jumped) {
		t.Error("a jump of the wall clock ends a hold")
	}
	if s.expire(t0.Add(30 * time.Second)) {
		t.Error("ended at its limit")
	}
	if !s.expire(t0.Add(31*time.Second)) || len(s.held("auth", "", "")) != 0 {
		t.Error("not ended past its limit")
	}
	if s.putHold(hold(2, "auth-leaf", "", t0.Add(-time.Second).Round(0)), t0) || len(s.holds) != 0 {
		t.Error("a vacant hold counts")
	}
	s.putHold(hold(3, "auth-leaf", "", t0.Add(time.Hour).Round(0)), t0)
	if !s.expire(t0.Add(maxHold + time.Second)) {
		t.Error("a hold lasts longer than its bucket keeps it")
	}
}

func TestPresenceEndsByItself(t *testing.T) {
	t.Parallel()
	t0 := time.Now()
	s := newSigns("/w")
	beat := func(rev uint64, at time.Time) record {
		return record{key: "auth/auth-leaf", rev: rev, written: at, value: []byte(`{}`)}
	}
	if !s.putPresence(beat(1, t0), t0) || s.putPresence(beat(2, t0.Add(5*time.Second)), t0.Add(5*time.Second)) {
		t.Error("a heartbeat is news other than the first")
	}
	if !s.here("auth", "") || !s.here("x", "auth-leaf") || s.here("x", "y") {
		t.Error("the slot or its agent is not seen, or another is")
	}
	if s.expire(t0.Add(20*time.Second)) || !s.expire(t0.Add(20*time.Second+1)) || s.here("auth", "") {
		t.Error("it does not end 15 s after the last heartbeat")
	}
	if s.putPresence(beat(3, t0.Add(-16*time.Second)), t0) {
		t.Error("an old heartbeat counts")
	}
}

// More sessions than the command line can list are no trouble.
func TestElevenHundredSessions(t *testing.T) {
	t.Parallel()
	b, now := newBoard("/w", "box"), time.Now()
	records := make([]record, 1100)
	for i := range records {
		records[i] = sessionRecord(fmt.Sprintf("s-%04d", i), uint64(i+1), now.Add(-time.Duration(i)*time.Second))
	}
	b.listSessions(records, now)
	n := map[State]int{}
	for _, s := range b.snapshot() {
		n[s.State(now, "box")]++
	}
	if want := map[State]int{Active: 91, Stale: 210, Expired: 799}; !reflect.DeepEqual(n, want) {
		t.Errorf("states %v, want %v", n, want)
	}
}
