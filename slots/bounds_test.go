package slots

import (
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostile are records that any client can write.
func hostile() map[string]string {
	return map[string]string{
		"nothing":         ``,
		"null":            `null`,
		"text":            `no record`,
		"a list":          `[]`,
		"a number":        `-1e999`,
		"wrong types":     `{"slot":1,"title":{},"agent_id":[],"ttl":"x","payload":3}`,
		"null members":    `{"slot":null,"title":null,"context":null,"files":[null]}`,
		"invalid UTF-8":   "{\"slot\":\"\xff\xfe\",\"title\":\"\xc0\x80\"}",
		"controls":        `{"slot":"\u001b[2J","title":"a\u009bb\u202ec\nd","host":"\u0000"}`,
		"a lone half":     `{"slot":"\ud800","title":"\udfff"}`,
		"twice":           `{"slot":"a","slot":"b","SLOT":"c"}`,
		"year 0":          `{"last_renewed":"0000-01-01T00:00:00+12:00","started_at":"0001-01-01T00:00:00Z","expires_at":"0001-01-01T00:00:00Z"}`,
		"1970":            `{"last_renewed":"1970-01-01T00:00:00Z","expires_at":"1970-01-01T00:00:00Z"}`,
		"year 9999":       `{"last_renewed":"9999-12-31T23:59:59.999999999-12:00","started_at":"9999-12-31T23:59:59-12:00","expires_at":"9999-12-31T23:59:59-12:00"}`,
		"overflow":        `{"leaf_pid":99999999999999999999,"ttl":9223372036854775808}`,
		"negative":        `{"leaf_pid":-1,"ttl":-9223372036854775808,"type":-1}`,
		"deep":            strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"deep in unknown": `{"title":"x","more":` + strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000) + `}`,
		"long title":      `{"title":"` + strings.Repeat("x", 200_000) + `"}`,
		"1 MB":            `{"title":"` + strings.Repeat("x", 1<<20) + `"}`,
	}
}

func TestUnreadableRecordsAreTold(t *testing.T) {
	t.Parallel()
	for name, value := range hostile() {
		now := time.Now()
		b := newBoard("/w", "box")
		for rev := range uint64(3) { // a bad record is one, however often it is written
			r := record{key: "k\x1b", value: []byte(value), rev: rev + 1, written: now}
			b.putSession(r, now)
			b.putTask(r)
			b.signs.putHold(r, now)
		}
		_, err := DecodeTask([]byte(value))
		problem := b.problem()
		if told := strings.Contains(problem, "1 records of bones-tasks could not be read: \"k\\x1b\": "); told != (err != nil) {
			t.Errorf("%s: decoding says %v, the board says %q", name, err, problem)
		}
		if len(problem) > 3*(maxWhy+maxQuoted+80) {
			t.Errorf("%s: the sentence has %d bytes", name, len(problem))
		}
		if s := only(t, b); !s.HasSession || !s.Live(now, "box") && s.Renewed.IsZero() {
			t.Errorf("%s: the slot is lost: %+v", name, s)
		}
		b.putSession(deleted("k\x1b", 8), now)
		b.putTask(deleted("k\x1b", 8))
		b.signs.putHold(deleted("k\x1b", 8), now)
		if got := b.problem(); got != "" {
			t.Errorf("%s: after deletion the board says %q", name, got)
		}
	}
}

// However much was written, what is kept of a record is small.
func TestKeptRecordsAreSmall(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", maxRecord/3)
	value, err := json.Marshal(map[string]string{"title": long, "host": long, "agent_id": long, "task_id": long, "hub_url": long})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"whole": `{"title":"` + long[:maxRecord/3] + `","host":"` + long[:maxRecord/3] + `"}`, "too large": string(value),
	} {
		b, now := newBoard("/w", "box"), time.Now()
		b.putTask(record{key: "a", value: []byte(text), rev: 1})
		b.putSession(record{key: "a", value: []byte(text), rev: 1, written: now}, now)
		if s := only(t, b); len(b.tasks["a"].title) > maxText+3 || len(s.Host) > maxName+3 {
			t.Errorf("%s: a title of %d bytes and a host of %d are kept", name, len(b.tasks["a"].title), len(s.Host))
		}
	}
	if got := clip("aä", 2); got != "a…" {
		t.Errorf("clip cuts a character: %q", got)
	}
}

// A task that changes its slot without end leaves nothing of the old ones.
func TestFormerSlotsAreForgotten(t *testing.T) {
	t.Parallel()
	b := newBoard("/w", "box")
	for i := range uint64(100) {
		b.putTask(record{key: "t", rev: i + 1, value: fmt.Appendf(nil, `{"status":"open","context":{"slot":"s-%d"}}`, i)})
	}
	if len(b.open) != 1 || b.open["s-99"] != 1 {
		t.Errorf("open tasks are counted for %d slots, want 1", len(b.open))
	}
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// It is not parallel: it measures the memory of the process.
func TestAMillionKeys(t *testing.T) {
	const keys, most = 1_000_000, 100 << 20
	now := time.Now()
	session := sessionRecord("s", 1, now).value
	hold := fmt.Appendf(nil, `{"agent_id":"a-leaf","expires_at":%q}`, now.Add(time.Minute).Format(time.RFC3339))
	before := heap()
	b, l := newBoard("/w", "box"), newLedger(instant{wall: now})
	for i := range 2 * maxUnread {
		b.putTask(record{key: fmt.Sprint("bad-", i), value: []byte("[]"), rev: 1})
	}
	for i := range uint64(keys) {
		r := record{key: fmt.Sprintf("key-%d", i), rev: i + 1, written: now}
		r.value = session
		b.putSession(r, now)
		r.value = []byte(`{"title":"x","status":"open","context":{"slot":"s"}}`)
		b.putTask(r)
		r.value = hold
		b.signs.putHold(r, now)
		b.signs.putPresence(r, now)
	}
	for i := range keys / maxRevised {
		records := make([]record, maxRevised) // as a list of the bucket holds at most
		for j := range records {
			records[j] = record{key: fmt.Sprint(i, "-", j), value: session, rev: 1, written: now}
		}
		l.observe(records, instant{wall: now})
	}
	if grown := int64(heap()) - int64(before); grown > most {
		t.Errorf("a million keys of each bucket take %d MiB", grown>>20)
	} else {
		t.Logf("a million keys of each bucket take %d KiB", grown>>10)
	}
	for _, want := range []string{"more records of bones-swarm-sessions", "more records of bones-tasks", "more records of bones-holds", "at least 1000 records of bones-tasks could not be read"} {
		if got := b.problem(); !strings.Contains(got, want) {
			t.Errorf("the board says %q, want %q", got, want)
		}
	}
	if n := len(b.snapshot()); n != maxRecords {
		t.Errorf("%d slots are shown, want %d", n, maxRecords)
	}
	runtime.KeepAlive(l)
}

// A session of another host that was told of is forgotten with its record; it would take
// the place of others.
func TestLedgerForgetsWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	at := instant{wall: time.Now()}
	l := newLedger(at)
	l.observe([]record{sessionRecord("a", 1, at.wall), sessionRecord("b", 2, at.wall)}, at)
	l.tell("a")
	l.observe(nil, at)
	if _, kept := l.seen["b"]; len(l.seen) != 1 || !kept {
		t.Errorf("the ledger holds %v, want b", maps.Keys(l.seen))
	}
}

func TestDatesOfTheFutureSilenceNobody(t *testing.T) {
	t.Parallel()
	const limit = 10
	l := newTimeline(time.Time{}, limit)
	for i := range 5 * limit {
		l.putCheckIn(CheckIn{UUID: fmt.Sprint("evil", i), At: time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -12*3600)), Comment: "x"})
	}
	l.now = l.now.Add(time.Second)
	l.putCheckIn(CheckIn{UUID: "honest", At: l.now})
	all := l.snapshot()
	last := all[len(all)-1]
	if last.CheckIn != "honest" {
		t.Errorf("the newest entry is %+v", last)
	}
	if first := all[0]; len(all) != limit || first.At.Year() > 9000 || first.Text != "(dated 10000-01-01) x" {
		t.Errorf("%d entries, the first is %+v", len(all), first)
	}
}

func TestTextsOfEntriesAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	l := newTimeline(time.Time{}, 10)
	l.putCheckIn(CheckIn{UUID: "1", At: l.now, Comment: long, Branch: long, User: long})
	l.putSlotEvent(SlotEvent{At: l.now, Event: SlotClose, Slot: long, Result: long, CommitUUID: long})
	l.putSlotEvent(SlotEvent{At: l.now, Event: SlotCommit, Slot: "s", CommitUUID: "1"})
	l.putTaskEvent(message(t, 1, EventClosed, Closed{Reason: long, AgentID: long}), l.now)
	for _, e := range l.snapshot() {
		for _, text := range []string{e.Text, e.Branch, e.Slot, e.Agent, e.Task, e.CheckIn} {
			if len(text) > maxText+3 {
				t.Errorf("%s: %d bytes are kept", e.Kind, len(text))
			}
		}
	}
}
