package slots_test

import (
	"testing"
	"time"

	"bones-tui/slots"
)

func TestState(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	const s = time.Second
	for _, c := range []struct {
		name string
		age  time.Duration
		host string
		want slots.State
		live bool
	}{
		{"just renewed", 0, "here", slots.Active, true},
		{"a second before the limit", 89 * s, "here", slots.Active, true},
		{"at the limit", 90 * s, "here", slots.Active, true},
		{"within the second of the limit", 90*s + 999*time.Millisecond, "here", slots.Active, true},
		{"over the limit", 91 * s, "here", slots.Stale, false},
		{"a second before eviction", 299 * s, "here", slots.Stale, false},
		{"at eviction", 300 * s, "here", slots.Stale, false},
		{"past eviction", 301 * s, "here", slots.Expired, false},
		{"renewed in the future", -time.Hour, "here", slots.Active, true},
		{"elsewhere", 90 * s, "there", slots.Remote, true},
		{"elsewhere over the limit", 91 * s, "there", slots.RemoteStale, false},
		{"elsewhere at eviction", 300 * s, "there", slots.RemoteStale, false},
		{"elsewhere past eviction", 301 * s, "there", slots.Expired, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			slot := slots.Slot{Host: c.host, HasSession: true, HasDir: true, Renewed: now.Add(-c.age)}
			if got := slot.State(now, "here"); got != c.want {
				t.Errorf("state %v, want %v", got, c.want)
			}
			if got := slot.Live(now, "here"); got != c.live {
				t.Errorf("live %v, want %v", got, c.live)
			}
		})
	}
}

func TestStateWithoutRecord(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		slot slots.Slot
		want slots.State
		live bool
	}{
		{"a directory alone", slots.Slot{HasDir: true}, slots.Orphan, false},
		{"a directory with a living process", slots.Slot{HasDir: true, PIDAlive: true}, slots.Orphan, true},
		{"a session that ended", slots.Slot{Ended: now, Renewed: now, Host: "here"}, slots.Expired, false},
		{"an ended session with a directory", slots.Slot{Ended: now, HasDir: true}, slots.Expired, false},
		{"a directory whose process is gone", slots.Slot{HasDir: true, PIDKnown: true}, slots.Dead, false},
		{"an ended session whose process is gone", slots.Slot{Ended: now, HasDir: true, PIDKnown: true, Host: "here"}, slots.Dead, false},
		{"an old record whose process is gone", slots.Slot{HasSession: true, Host: "here", Renewed: now.Add(-301 * time.Second), HasDir: true, PIDKnown: true}, slots.Dead, false},
		{"an old record whose process lives", slots.Slot{HasSession: true, Host: "here", Renewed: now.Add(-301 * time.Second), HasDir: true, PIDKnown: true, PIDAlive: true}, slots.Expired, true},
		{"a stale session whose process is gone", slots.Slot{HasSession: true, Host: "here", Renewed: now.Add(-300 * time.Second), HasDir: true, PIDKnown: true}, slots.Stale, false},
		{"another host's old record", slots.Slot{HasSession: true, Host: "there", Renewed: now.Add(-301 * time.Second), HasDir: true}, slots.Expired, false},
		{"another host's pid by coincidence", slots.Slot{HasSession: true, Host: "there", Renewed: now.Add(-91 * time.Second), HasDir: true, PIDAlive: true}, slots.RemoteStale, false},
		{"closed", slots.Slot{HasDir: true, PIDKnown: true, Result: "success"}, slots.Finished, false},
		{"closed after its record was evicted", slots.Slot{HasDir: true, Ended: now, Result: "fail"}, slots.Finished, false},
		{"closed, the record still there", slots.Slot{HasDir: true, HasSession: true, Host: "here", Renewed: now, Result: "success"}, slots.Closing, true},
		{"closed on another host, the record still there", slots.Slot{HasSession: true, Host: "there", Renewed: now.Add(-91 * time.Second), Result: "success"}, slots.Closing, false},
		{"a stale session with a living process", slots.Slot{HasSession: true, Host: "here", Renewed: now.Add(-2 * time.Minute), PIDAlive: true}, slots.Stale, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.slot.State(now, "here"); got != c.want {
				t.Errorf("state %v, want %v", got, c.want)
			}
			if got := c.slot.Live(now, "here"); got != c.live {
				t.Errorf("live %v, want %v", got, c.live)
			}
		})
	}
}

func TestStateString(t *testing.T) {
	t.Parallel()
	want := []string{"active", "stale", "remote", "remote-stale", "expired", "orphan", "dead", "closing", "closed", "unknown"}
	for i, word := range want {
		if got := slots.State(i).String(); got != word {
			t.Errorf("state %d reads %q, want %q", i, got, word)
		}
	}
}

func TestStatesListsEachOnce(t *testing.T) {
	t.Parallel()
	seen := map[slots.State]bool{}
	for _, s := range slots.States() {
		if seen[s] || s.String() == "unknown" {
			t.Errorf("%v is listed twice, or unknown", s)
		}
		seen[s] = true
	}
	if next := slots.State(len(seen)); next.String() != "unknown" {
		t.Errorf("%v is not listed", next)
	}
}
