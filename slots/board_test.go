package slots

import (
	"testing"
	"time"
)

// sessionRecord is revision rev of a session renewed at renewed.
func sessionRecord(name string, rev uint64, renewed time.Time) record {
	value, err := Session{Slot: name, TaskID: "t-" + name, AgentID: "slot-" + name, Host: "box", LastRenewed: renewed}.Encode()
	if err != nil {
		panic(err)
	}
	return record{key: name, value: value, rev: rev, written: renewed}
}

func deleted(name string, rev uint64) record { return record{key: name, rev: rev, deleted: true} }

// only returns the one slot on the board.
func only(t *testing.T, b *board) Slot {
	t.Helper()
	all := b.snapshot()
	if len(all) != 1 {
		t.Fatalf("board holds %+v, want one slot", all)
	}
	return all[0]
}

// A record written by a clock that has since been set is as old as it was when we
// first saw it, plus the time that really went by.
func TestBoardAgesSurviveClockJumps(t *testing.T) {
	t.Parallel()
	now := time.Now()
	wall := now.Round(0)
	for _, c := range []struct {
		name    string
		renewed time.Time // the record's word, by the wall clock
		later   time.Duration
		want    State
	}{
		{"fresh", wall, 0, Active},
		{"fresh a minute later", wall, time.Minute, Active},
		{"old already at first sight", wall.Add(-60 * time.Second), 31 * time.Second, Stale},
		{"from a clock that was ahead", wall.Add(time.Hour), 0, Active},
		{"from a clock that was ahead, unrenewed", wall.Add(time.Hour), 91 * time.Second, Stale},
		{"from a clock that was ahead, long unrenewed", wall.Add(time.Hour), 301 * time.Second, Expired},
		{"from a clock that was behind", wall.Add(-time.Hour), 0, Expired},
	} {
		b := newBoard("/w", "box")
		b.putSession(sessionRecord("a", 1, c.renewed), now)
		if got := only(t, b).State(now.Add(c.later), "box"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	b := newBoard("/w", "box")
	b.putSession(sessionRecord("a", 1, wall), now)
	s := only(t, b)
	if got := now.Add(time.Minute).Sub(s.Renewed); got != time.Minute {
		t.Errorf("a minute later the renewal is %v ago", got)
	}
	if !s.Renewed.Round(0).Equal(wall) {
		t.Errorf("renewed %v, the record says %v", s.Renewed, wall)
	}
}

func TestBoardSessionWithoutReadableRenewal(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, value := range map[string]string{"garbage": "{", "no time": `{"slot":"a","host":"box"}`} {
		b := newBoard("/w", "box")
		b.putSession(record{key: "a", value: []byte(value), rev: 1, written: now.Add(-80 * time.Second)}, now)
		s := only(t, b)
		if !s.HasSession || s.Age(now) != 80*time.Second || !s.Live(now, "box") {
			t.Errorf("%s: %+v, %v old", name, s, s.Age(now))
		}
	}
}

func TestBoardLists(t *testing.T) {
	t.Parallel()
	t0 := time.Now()
	at := func(s int) time.Time { return t0.Add(time.Duration(s) * time.Second) }
	a1, b1 := sessionRecord("a", 1, t0), sessionRecord("b", 2, t0)

	b := newBoard("/w", "box")
	if !b.listSessions([]record{a1, b1}, at(0)) {
		t.Error("a first list changes nothing")
	}
	if b.listSessions([]record{a1, b1}, at(30)) {
		t.Error("the same list changes something")
	}
	if !b.listSessions([]record{a1}, at(60)) {
		t.Error("a list without b changes nothing")
	}
	if got := b.snapshot()[1]; got.Ended != at(60) || got.HasSession || got.Agent != "slot-b" {
		t.Errorf("b is %+v, want its last-seen copy", got)
	}
	if b.listSessions([]record{a1}, at(90)) {
		t.Error("b ends twice")
	}
	if !b.listSessions([]record{a1, b1}, at(120)) || !b.snapshot()[1].HasSession {
		t.Error("b does not come back although its record does")
	}
	if !b.listSessions([]record{a1, deleted("b", 3)}, at(150)) || len(b.snapshot()) != 1 {
		t.Error("a session that was closed stays")
	}
}

func TestBoardForgetsEndedSessions(t *testing.T) {
	t.Parallel()
	t0 := time.Now()
	b := newBoard("/w", "box")
	b.listSessions([]record{sessionRecord("a", 1, t0)}, t0)
	b.listSessions(nil, t0.Add(time.Second))
	if b.expire(t0.Add(10*time.Minute+time.Second), time.Minute) {
		t.Error("forgotten within ten minutes")
	}
	if !b.expire(t0.Add(10*time.Minute+2*time.Second), time.Minute) || len(b.snapshot()) != 0 {
		t.Error("remembered beyond ten minutes")
	}
}

// Without lists, as while the server is away, age alone ends a session.
func TestBoardEndsUnseenSessions(t *testing.T) {
	t.Parallel()
	t0 := time.Now()
	b := newBoard("/w", "box")
	b.putSession(sessionRecord("a", 1, t0), t0)
	if b.expire(t0.Add(300*time.Second), time.Minute) {
		t.Error("ended at its limit")
	}
	if !b.expire(t0.Add(301*time.Second), time.Minute) || only(t, b).Ended.IsZero() {
		t.Error("not ended past its limit")
	}
	b.listSessions([]record{sessionRecord("b", 2, t0)}, t0.Add(290*time.Second))
	if b.expire(t0.Add(301*time.Second), time.Minute) {
		t.Error("ended although a list has just confirmed it")
	}
}

func TestBoardDeletion(t *testing.T) {
	t.Parallel()
	t0 := time.Now()
	b := newBoard("/w", "box")
	b.putSession(sessionRecord("a", 1, t0), t0)
	if !b.putSession(deleted("a", 2), t0.Add(300*time.Second)) || len(b.snapshot()) != 0 {
		t.Error("a closed session stays")
	}
	b.putSession(sessionRecord("a", 3, t0), t0)
	if !b.putSession(deleted("a", 4), t0.Add(301*time.Second)) || only(t, b).Ended.IsZero() {
		t.Error("a reaped session is not remembered")
	}
	if b.putSession(deleted("a", 5), t0.Add(302*time.Second)) || b.putSession(deleted("x", 6), t0) {
		t.Error("deleting what is not there changes something")
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(wall, mono int) instant {
		return instant{t0.Add(time.Duration(wall) * time.Second), time.Duration(mono) * time.Second}
	}
	a := func(rev uint64, renewed int) []record {
		return []record{sessionRecord("a", rev, t0.Add(time.Duration(renewed)*time.Second))}
	}
	type look struct {
		at      instant
		records []record
		due     int
		jumped  bool
	}
	for _, c := range []struct {
		name  string
		looks []look
	}{
		{"due once both ages are past the limit", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(299, 299), a(1, 0), 0, false}, {at(300, 300), a(1, 0), 0, false}, {at(301, 301), a(1, 0), 1, false},
		}},
		{"an old record is watched for its whole life first", []look{
			{at(0, 0), a(1, -3600), 0, false}, {at(300, 300), a(1, -3600), 0, false}, {at(301, 301), a(1, -3600), 1, false},
		}},
		{"a record of the future is not old", []look{
			{at(0, 0), a(1, 3600), 0, false}, {at(301, 301), a(1, 3600), 0, false}, {at(3901, 3901), a(1, 3600), 1, false},
		}},
		{"a renewal starts over", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(290, 290), a(2, 290), 0, false}, {at(310, 310), a(2, 290), 0, false}, {at(591, 591), a(2, 290), 1, false},
		}},
		{"eviction does not hide it", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(310, 310), nil, 1, false},
		}},
		{"a close does", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(200, 200), []record{deleted("a", 2)}, 0, false}, {at(310, 310), nil, 0, false},
		}},
		{"a jump ahead pauses for one life", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(3630, 30), nil, 0, true}, {at(3930, 330), nil, 0, false}, {at(3931, 331), nil, 1, false},
		}},
		{"a jump back pauses too", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(-3300, 300), a(1, 0), 0, true}, {at(-2990, 610), a(1, 0), 0, false},
		}},
		{"a small correction does not", []look{
			{at(0, 0), a(1, 0), 0, false}, {at(155, 150), a(1, 0), 0, false}, {at(306, 301), a(1, 0), 1, false},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(at(0, 0))
			for i, look := range c.looks {
				if jumped := l.observe(look.records, look.at); jumped != look.jumped {
					t.Errorf("look %d: jumped %v, want %v", i, jumped, look.jumped)
				}
				if due := l.expired(look.at); len(due) != look.due {
					t.Errorf("look %d: due %+v, want %d", i, due, look.due)
				}
			}
		})
	}
}

func TestLedgerForgets(t *testing.T) {
	t.Parallel()
	t0 := time.Now().Round(0)
	l := newLedger(instant{wall: t0})
	l.observe([]record{sessionRecord("a", 1, t0), sessionRecord("b", 2, t0)}, instant{wall: t0})
	if !l.tell("a") || l.tell("a") {
		t.Error("a session is told of other than once")
	}
	end := instant{t0.Add(10 * time.Minute), 10 * time.Minute}
	l.forget("a")
	if due := l.expired(end); len(due) != 1 || due[0].name != "b" {
		t.Errorf("due %+v, want b", due)
	}
	if !l.reset() || l.reset() {
		t.Error("a gap begins other than once")
	}
	if len(l.expired(end)) != 0 {
		t.Error("something outlives a reset")
	}
	l.observe(nil, end)
	if !l.reset() {
		t.Error("a second gap does not begin")
	}
}
