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
	want := []string{"active", "stale", "remote", "remote-stale", "expired", "orphan", "unknown"}
	for i, word := range want {
		if got := slots.State(i).String(); got != word {
			t.Errorf("state %d reads %q, want %q", i, got, word)
		}
	}
}
