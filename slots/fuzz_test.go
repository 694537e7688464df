package slots

import (
	"encoding/json"
	"testing"
	"time"
)

// addHostile seeds a fuzz target with what any client can write.
func addHostile(f *testing.F) {
	f.Helper()
	for _, value := range hostile() {
		if len(value) <= 1<<16 { // larger ones are for the tests: they would slow the search down
			f.Add([]byte(value))
		}
	}
}

// FuzzBoard puts one record into every bucket, under any key.
func FuzzBoard(f *testing.F) {
	for _, value := range hostile() {
		for _, key := range []string{"a", "..", "CON", "=2Fw=2Fa", "=", "p/a-leaf", "\xff\x1b"} {
			if len(value) <= 1<<16 {
				f.Add(key, []byte(value))
			}
		}
	}
	now := time.Now()
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		b, l := newBoard("/w", "box"), newLedger(instant{wall: now})
		r := record{key: key, value: value, rev: 1, written: now}
		b.putSession(r, now)
		b.putTask(r)
		b.signs.putHold(r, now)
		b.signs.putPresence(r, now)
		l.observe([]record{r}, instant{wall: now})
		l.expired(instant{wall: now, mono: time.Hour})
		proofs{}.put(r, now)
		for _, s := range b.snapshot() {
			s.State(now, "box")
			s.Live(now, "box")
			s.Fields(Active)
		}
		if n := len(b.problem()); n > 2000 {
			t.Fatalf("the sentence has %d bytes", n)
		}
		b.expire(now.Add(time.Hour), time.Minute)
	})
}

func FuzzHold(f *testing.F) {
	addHostile(f)
	f.Fuzz(func(_ *testing.T, value []byte) {
		if h, err := DecodeHold(value); err == nil {
			h.Vacant(time.Now())
		}
	})
}

func FuzzHoldKey(f *testing.F) {
	f.Add("=2Fw=2Fa")
	f.Add("=zz")
	f.Add("/w/a b.go")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = HoldPath(text)
		if path, err := HoldPath(HoldKey(text)); err == nil && path != text && !hasEquals(text) {
			t.Fatalf("%q comes back as %q", text, path)
		}
	})
}

func hasEquals(s string) bool {
	for i := range len(s) {
		if s[i] == '=' {
			return true
		}
	}
	return false
}

// FuzzTaskEvent decodes an event with its payload and puts it on a timeline.
func FuzzTaskEvent(f *testing.F) {
	addHostile(f)
	for kind := range EventClosed + 2 {
		e := TaskEvent{Type: kind, TaskID: "t", Payload: json.RawMessage(`{"title":"x","changes":[{"field":"a"}]}`)}
		data, err := e.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeTaskEvent(data)
		if err != nil {
			return
		}
		_, _ = e.Body()
		l := newTimeline(time.Time{}, 2)
		for seq := range uint64(3) {
			l.putTaskEvent(taskMessage{seq: seq, stored: time.Now(), event: e}, time.Now())
		}
		for _, e := range l.snapshot() {
			if len(e.Text) > maxText+len("…") || len(e.Task) > maxName+len("…") {
				t.Fatalf("an entry keeps %d and %d bytes", len(e.Text), len(e.Task))
			}
		}
	})
}

// FuzzSlotEvent decodes a line of the slots' history and puts it on a board and a timeline.
func FuzzSlotEvent(f *testing.F) {
	addHostile(f)
	f.Add([]byte(`{"ts":"9999-12-31T23:59:59-12:00","event":"slot_commit","slot":"..","commit_uuid":"x"}`))
	f.Add([]byte(`{"ts":"0000-01-01T00:00:00+12:00","event":"slot_reap","slot":"a"}`))
	f.Fuzz(func(_ *testing.T, line []byte) {
		e, err := DecodeSlotEvent(line)
		if err != nil {
			return
		}
		b, l := newBoard("/w", "box"), newTimeline(time.Time{}, 2)
		b.putEvent(e)
		b.snapshot()
		for range 6 {
			l.putSlotEvent(e)
		}
		l.snapshot()
	})
}

func FuzzDispatch(f *testing.F) {
	addHostile(f)
	f.Add([]byte(`{"current_wave":1,"waves":[{"wave":1,"slots":[{"slot":"a","task_id":"t"},null]},null]}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if d, err := DecodeDispatch(data); err == nil {
			d.orders()
		}
	})
}
